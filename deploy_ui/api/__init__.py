"""The HTTP API: parse, authorise, call a service, answer."""
