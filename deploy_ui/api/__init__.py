"""The HTTP API: find out who asks, parse, call a service, answer."""
