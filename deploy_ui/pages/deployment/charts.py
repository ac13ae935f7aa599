"""The charts view of the Monitoring tab."""

import reflex as rx


def charts() -> rx.Component:
    """Return the view."""
    return rx.el.div(data_testid="monitoring-charts")
