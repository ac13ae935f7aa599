"""Asks before unsaved changes are left behind."""

from typing import Any

import reflex as rx
from reflex.event import no_args_event_spec

from deploy_ui.components.scripts import script
from deploy_ui.i18n.ui import t


class LeaveGuard(rx.Component):
    """Holds the way out of the page while `active`."""

    library = script("leave_guard.js")
    tag = "LeaveGuard"

    active: rx.Var[bool]
    title: rx.Var[str]
    words: rx.Var[str]
    stay: rx.Var[str]
    leave: rx.Var[str]
    on_leave: rx.EventHandler[no_args_event_spec]


def leave_guard(*, active: rx.Var[bool], on_leave: Any) -> rx.Component:
    """Return a guard that asks while there are unsaved changes; `on_leave` must forget them."""
    return LeaveGuard.create(
        active=active,
        title=t("leave.title"),
        words=t("leave.words"),
        stay=t("leave.stay"),
        leave=t("leave.leave"),
        on_leave=on_leave,
    )
