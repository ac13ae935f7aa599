"""The timeline of a deployment."""

from typing import Any

import reflex as rx

from deploy_ui.components.buttons import button
from deploy_ui.components.icons import icon
from deploy_ui.components.layout import event, section, timeline
from deploy_ui.components.links import text_link
from deploy_ui.components.status import dot, phase_reason, phase_word, reason_word
from deploy_ui.components.when import when
from deploy_ui.enums import EventKind, ScaleCause
from deploy_ui.i18n.ui import t, t_count
from deploy_ui.pages.deployment.alert_words import kind_word
from deploy_ui.states.deployment.general import GeneralState
from deploy_ui.states.deployment.moments import KEY_DISABLED, REPEATED, Moment

ICONS = {
    EventKind.CREATED: "rocket",
    EventKind.CHANGED: "settings-2",
    EventKind.SCALED: "layers",
    EventKind.WOKEN: "alarm-clock",
    EventKind.ROLLED_BACK: "undo-2",
    EventKind.STARTED: "play",
    EventKind.STOPPED: "circle-stop",
    EventKind.DELETED: "trash-2",
    EventKind.KEY_CREATED: "key-round",
    EventKind.KEY_CHANGED: "key-round",
    EventKind.KEY_REVOKED: "key-round",
    EventKind.KEY_ROTATED: "key-round",
    EventKind.CALLBACK_SECRET_REPLACED: "key-round",
    EventKind.ALERT_FIRED: "bell-ring",
    EventKind.ALERT_RESOLVED: "bell",
    KEY_DISABLED: "key-round",
    REPEATED: "repeat",
}
FIELDS = (
    *("name", "image_id", "cpu", "memory_mb", "gpu", "min_instances", "max_instances", "instances"),
    *("concurrency", "idle_timeout_s", "start_timeout_s", "request_timeout_s", "ready_path", "env", "env_open"),
)
"""What an event says that was changed: fields of the configuration, all of which have a text."""
WHY = [each for each in ScaleCause if each is not ScaleCause.PERSON]
"""Why another number of instances is wanted; a person needs no words, their name is there."""
ALERTS = (EventKind.ALERT_FIRED, EventKind.ALERT_RESOLVED)
COMPOSED = {EventKind.CHANGED, EventKind.SCALED, EventKind.ROLLED_BACK, EventKind.KEY_REVOKED, *ALERTS, REPEATED}
PLAIN = [each for each in ICONS if each not in COMPOSED]
"""Kinds whose words are one text."""


def events() -> rx.Component:
    """Return the newest events."""
    return section(
        t("timeline.title"),
        timeline(rx.foreach(GeneralState.newest, _event), data_testid="events"),
        rx.cond(
            GeneralState.more,
            button(
                t("timeline.older"), look="ghost", small=True, on_click=GeneralState.show_older, data_testid="older"
            ),
        ),
    )


def _event(each: Moment) -> rx.Component:
    return event(_marker(each), _words(each), _meta(each))


def _marker(each: Moment) -> rx.Component:
    return rx.match(
        each.kind.to(str),
        (EventKind.PHASE, dot(each.phase)),
        (EventKind.INSTANCE_ENDED, dot("failed")),
        *((kind, icon(name, small=True)) for kind, name in ICONS.items()),
        dot("stopped"),
    )


def _words(each: Moment) -> rx.Component:
    reason = _after_colon(reason_word(each.reason))
    return rx.match(
        each.kind.to(str),
        (EventKind.PHASE, rx.fragment(phase_word(each.phase), _after_colon(phase_reason(each.phase, each.reason)))),
        (EventKind.INSTANCE_ENDED, rx.fragment(_ended(each), reason, _exit_code(each))),
        (EventKind.CHANGED, rx.fragment(t("timeline.changed"), ": ", rx.foreach(each.fields, _field))),
        (EventKind.SCALED, _scaled(each)),
        (EventKind.ROLLED_BACK, rx.fragment(_rolled_back(each), reason)),
        (EventKind.KEY_REVOKED, rx.fragment(_revoked(each))),
        *((kind, rx.fragment(t(f"timeline.{kind}", what=kind_word(each.what)))) for kind in ALERTS),
        (REPEATED, rx.fragment(t_count("timeline.repeated", each.times))),
        *((kind, rx.fragment(t(f"timeline.{kind}", what=each.what))) for kind in PLAIN),
        rx.fragment(),
    )


def _after_colon(words: rx.Var[str]) -> rx.Component:
    return rx.cond(words != "", rx.fragment(": ", words))


def _scaled(each: Moment) -> rx.Component:
    why = rx.match(each.why, *((code, t(f"scale_why.{code}")) for code in WHY), "")
    words = rx.cond(
        each.before != "",
        t("timeline.scaled_from", before=each.before, what=each.what),
        t("timeline.scaled", what=each.what),
    )
    return rx.fragment(words, _after_colon(why))


def _rolled_back(each: Moment) -> Any:
    return rx.cond(
        each.before != "",
        t("timeline.rolled_back_from", before=each.before, what=each.what),
        t("timeline.rolled_back", what=each.what),
    )


def _revoked(each: Moment) -> Any:
    one = t("timeline.key_revoked", what=each.what)
    return rx.cond(each.times > 1, t_count("timeline.keys_revoked", each.times), one)


def _field(name: rx.Var[str], place: rx.Var[int]) -> rx.Component:
    return rx.fragment(
        rx.cond(place > 0, ", ", ""), rx.match(name, *((each, t(f"changed.{each}")) for each in FIELDS), name)
    )


def _ended(each: Moment) -> Any:
    return rx.cond(each.times > 1, t_count("timeline.ended", each.times), t("timeline.instance_ended", what=each.what))


def _exit_code(each: Moment) -> rx.Component:
    return rx.cond(each.exit_code != "", rx.fragment(", ", t("timeline.exit_code", code=each.exit_code)))


def _meta(each: Moment) -> rx.Component:
    log = text_link(t("timeline.log"), f"/deployments/{rx.State.slug}/logs?instance={each.what}")
    return rx.fragment(
        rx.cond(each.kind.to(str) == REPEATED, rx.fragment(t("timeline.since"), " ")),
        when(each.at),
        rx.cond(each.actor != "", rx.fragment(" · ", each.actor)),
        rx.cond(each.in_flight != "", rx.fragment(" · ", t("timeline.in_flight", number=each.in_flight))),
        rx.cond(each.revision != "", rx.fragment(" · ", t("timeline.revision", revision=each.revision))),
        rx.cond(each.kind.to(str) == EventKind.INSTANCE_ENDED, rx.fragment(" · ", log)),
    )
