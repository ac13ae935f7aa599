"""The alerts view of the Monitoring tab."""

import reflex as rx


def alerts() -> rx.Component:
    """Return the view."""
    return rx.el.div(data_testid="monitoring-alerts")
