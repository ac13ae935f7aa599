"""How the console's pages are built, guarded and served."""
