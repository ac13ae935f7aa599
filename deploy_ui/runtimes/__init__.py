"""How to run an image. Knows no database and no interface."""
