"""Status: always a dot and a word; with a reason where there is one."""

from enum import StrEnum

import reflex as rx

from deploy_ui.enums import CallReason, CallStatus, ImageStatus, InstanceStatus, KeyStatus, Phase, Reason
from deploy_ui.i18n.ui import t

CALL_RUNS = "call-running"
"""The status that says of a call what `running` says of it: of a deployment that word means that all is well."""
DOTS: dict[str, str] = {
    **{each: each for each in Phase},
    **{each: each for each in InstanceStatus},
    **{each: each for each in ImageStatus},
    **{each: each for each in CallStatus},
    Phase.STOPPING: "busy",
    Phase.DELETED: "ended",
    CALL_RUNS: "busy",
    KeyStatus.ACTIVE: "ready",
    KeyStatus.DISABLED: "queued",
    KeyStatus.EXPIRED: "ended",
    KeyStatus.REVOKED: "ended",
}
"""The look of the dot by status: full serves, ring waits, open arc moves, square ended."""

SELF_EXPLAINING = (Phase.SLEEPING, Phase.STOPPING, Phase.STOPPED, Phase.DELETED)
"""Phases with one possible reason, which their word says already."""


def dot(status: rx.Var[str] | str) -> rx.Component:
    """Return the dot of any status."""
    look = rx.match(rx.Var.create(status).to(str), *((key, f"dot dot--{look}") for key, look in DOTS.items()), "dot")
    return rx.el.span(class_name=look, aria_hidden=True)


def word(kind: type[StrEnum], table: str, value: rx.Var[str] | str) -> rx.Var[str]:
    """Return the word for any value of a word list, from the texts `{table}.{value}`."""
    return rx.match(
        rx.Var.create(value).to(str), *((each.value, t(f"{table}.{each}")) for each in kind if each.value), ""
    )


def phase_word(phase: rx.Var[str] | str) -> rx.Var[str]:
    """Return the word for a deployment's phase."""
    return word(Phase, "phase", phase)


def reason_word(reason: rx.Var[str] | str) -> rx.Var[str]:
    """Return the words for a reason; nothing for none."""
    return word(Reason, "reason", reason)


def phase_reason(phase: rx.Var[str] | str, reason: rx.Var[str] | str) -> rx.Var[str]:
    """Return why a deployment is in its phase; nothing where the phase says it already."""
    return rx.match(rx.Var.create(phase).to(str), *((each, "") for each in SELF_EXPLAINING), reason_word(reason))


def phase_status(phase: rx.Var[str], reason: rx.Var[str] | str = "", **props: object) -> rx.Component:
    """Return a deployment's status."""
    return status(phase, phase_word(phase), phase_reason(phase, reason), **props)


def instance_status(value: rx.Var[str], reason: rx.Var[str] | str = "", **props: object) -> rx.Component:
    """Return an instance's status."""
    return status(value, word(InstanceStatus, "instance_status", value), reason_word(reason), **props)


def image_status(value: rx.Var[str], reason: rx.Var[str] | str = "", **props: object) -> rx.Component:
    """Return an image's status; `reason` is words already."""
    return status(value, word(ImageStatus, "image_status", value), rx.Var.create(reason).to(str), **props)


def call_dot(value: rx.Var[str] | str) -> rx.Component:
    """Return the dot of a call's status."""
    return dot(_of_call(value))


def call_reason(reason: rx.Var[str] | str) -> rx.Var[str]:
    """Return the words for why an attempt or a call failed; nothing for none."""
    return word(CallReason, "call_reason", reason)


def call_status(value: rx.Var[str], **props: object) -> rx.Component:
    """Return a call's status."""
    words = word(CallStatus, "call_status", value)
    return status(_of_call(value), words, rx.Var.create(""), data_status=value.to(str), **props)


def _of_call(value: rx.Var[str] | str) -> rx.Var[str]:
    known = rx.Var.create(value).to(str)
    return rx.cond(known == CallStatus.RUNNING, CALL_RUNS, known)


def key_status(value: rx.Var[str], **props: object) -> rx.Component:
    """Return a key's status."""
    return status(value, word(KeyStatus, "key_status", value), rx.Var.create(""), **props)


def status(value: rx.Var[str], words: rx.Var[str], reason: rx.Var[str], **props: object) -> rx.Component:
    """Return dot, word and reason of a status."""
    props = {"data_testid": "status", "data_status": rx.Var.create(value).to(str), **props}
    return rx.el.span(
        dot(value),
        words,
        rx.cond(reason != "", rx.el.span(reason, class_name="status__reason", title=reason)),
        class_name=f"status status--{rx.Var.create(value).to(str)}",
        **props,
    )
