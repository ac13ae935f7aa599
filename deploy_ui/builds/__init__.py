"""How an image is built for a runtime. Knows no database."""
