"""The card of a deployment: its frame, and one file a tab."""
