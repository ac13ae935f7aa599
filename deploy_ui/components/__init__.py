"""Reusable pieces of the pages: arguments in, component out; never a state."""
