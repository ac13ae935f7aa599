"""The views, one file a page. A page and its state have the same name."""
