"""Asynchronous calls: accepted, delivered, looked at, kept and forgotten."""
