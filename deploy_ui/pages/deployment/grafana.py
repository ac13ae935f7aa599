"""The grafana view of the Monitoring tab."""

import reflex as rx


def grafana() -> rx.Component:
    """Return the view."""
    return rx.el.div(data_testid="monitoring-grafana")
