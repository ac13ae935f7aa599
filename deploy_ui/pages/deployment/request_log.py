"""The request_log view of the Monitoring tab."""

import reflex as rx


def request_log() -> rx.Component:
    """Return the view."""
    return rx.el.div(data_testid="monitoring-request_log")
