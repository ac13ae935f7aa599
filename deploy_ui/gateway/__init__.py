"""What Envoy is told. Knows no database and no interface."""
