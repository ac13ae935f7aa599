"""Background jobs: they take ids, call services, and may run twice."""
