"""From what is wanted to what is: starts, watches and ends instances, and tells the gateway."""
