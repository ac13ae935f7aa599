"""The timeline of a deployment."""

import reflex as rx

from deploy_ui.components.icons import icon
from deploy_ui.components.layout import event, timeline
from deploy_ui.components.status import dot, phase_word, reason_word
from deploy_ui.components.when import when
from deploy_ui.enums import EventKind
from deploy_ui.i18n.ui import t, t_count
from deploy_ui.states.deployment.general import GeneralState
from deploy_ui.states.deployment.moments import Moment

ICONS = {
    EventKind.CREATED: "rocket",
    EventKind.CHANGED: "settings-2",
    EventKind.SCALED: "layers",
    EventKind.STARTED: "play",
    EventKind.STOPPED: "circle-stop",
    EventKind.DELETED: "trash-2",
    EventKind.KEY_CREATED: "key-round",
    EventKind.KEY_CHANGED: "key-round",
    EventKind.KEY_REVOKED: "key-round",
}


def events() -> rx.Component:
    """Return the newest events."""
    return rx.fragment(
        rx.el.div(rx.el.h2(t("timeline.title"), class_name="h2"), class_name="section__head"),
        timeline(rx.foreach(GeneralState.moments, _event), data_testid="events"),
    )


def _event(each: Moment) -> rx.Component:
    return event(
        _marker(each),
        _words(each),
        rx.fragment(when(each.at), rx.cond(each.actor != "", rx.fragment(" · ", each.actor))),
    )


def _marker(each: Moment) -> rx.Component:
    return rx.match(
        each.kind.to(str),
        (EventKind.PHASE, dot(each.phase)),
        (EventKind.INSTANCE_ENDED, dot("failed")),
        *((kind, icon(name, small=True)) for kind, name in ICONS.items()),
        dot("stopped"),
    )


def _words(each: Moment) -> rx.Component:
    reason = rx.cond(each.reason != "", rx.fragment(": ", reason_word(each.reason)))
    return rx.match(
        each.kind.to(str),
        (EventKind.PHASE, rx.fragment(phase_word(each.phase), reason)),
        (EventKind.INSTANCE_ENDED, rx.fragment(_ended(each), reason)),
        *((kind, rx.fragment(t(f"timeline.{kind}", what=each.what))) for kind in ICONS),
        rx.fragment(),
    )


def _ended(each: Moment) -> rx.Var[str]:
    return rx.cond(each.times > 1, t_count("timeline.ended", each.times), t("timeline.instance_ended", what=each.what))
