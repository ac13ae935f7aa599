"""The requests view of the Monitoring tab."""

import reflex as rx

from deploy_ui.components.request_log import request_table
from deploy_ui.enums.requests import RequestKind
from deploy_ui.services.monitoring.requests import REASONS
from deploy_ui.states.deployment.card import CardState


def request_log() -> rx.Component:
    """Return the view."""
    return request_table(rx.State.slug, gone=CardState.gone, kinds=RequestKind, reasons=REASONS)
