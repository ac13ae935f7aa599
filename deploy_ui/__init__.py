"""Deploy UI: a console that turns a serving script into a running deployment."""
