"""The card of an image: its frame, and one file a tab."""
