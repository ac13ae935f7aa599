"""Alerts: rules of a deployment, how they are judged, who is told."""
