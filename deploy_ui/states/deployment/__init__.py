"""What the tabs of a deployment's card show."""
