"""What stands under the answer of the API test tab while an asynchronous call is followed."""

import reflex as rx

from deploy_ui.components.copy import copy_icon
from deploy_ui.components.links import text_link
from deploy_ui.components.status import call_status
from deploy_ui.enums import CallStatus
from deploy_ui.i18n.ui import t
from deploy_ui.states.deployment.test import TrialState


def call_foot() -> rx.Component:
    """Return how far the call is, and the ways to it and to its answer."""
    call = TrialState.call
    result = f"/api/v1/deployments/{rx.State.slug}/calls/{call.id}/result"
    ended = rx.cond(
        call.status == CallStatus.COMPLETED,
        text_link(t("test.call_result"), result, reload_document=True, download=True, data_testid="call-result"),
    )
    return rx.fragment(
        rx.el.div(
            call_status(call.status, data_testid="call-status"),
            rx.cond(call.over, ended, rx.el.span(t("test.call_later"), class_name="muted")),
            class_name="panel__foot small",
            aria_live="polite",
        ),
        rx.el.div(
            text_link(t("test.call_open"), f"/deployments/{rx.State.slug}/calls?call={call.id}", data_testid="to-call"),
            rx.el.span("·", class_name="muted"),
            rx.el.span(call.id, class_name="mono ellipsis muted", title=call.id, data_testid="call-id"),
            copy_icon(call.id, label=t("test.call_copy_id")),
            class_name="panel__foot small",
        ),
    )
