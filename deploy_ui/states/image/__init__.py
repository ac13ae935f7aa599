"""What the tabs of an image's card show."""
