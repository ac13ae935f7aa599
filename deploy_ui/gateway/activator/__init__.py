"""Holds requests to deployments without a ready instance, and asks for one. Knows no database, keeps no truth."""
