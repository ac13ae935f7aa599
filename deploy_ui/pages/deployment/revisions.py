"""Revisions on the General tab: a list whose lines open to what changed, and the way back to any of them."""

import reflex as rx

from deploy_ui.components.buttons import button, button_link
from deploy_ui.components.dialogs import dialog
from deploy_ui.components.icons import icon
from deploy_ui.components.layout import callout, section
from deploy_ui.components.status import dot, phase_word, reason_word, word
from deploy_ui.components.when import when
from deploy_ui.enums import VariableChange
from deploy_ui.i18n.ui import t, t_count
from deploy_ui.services.env import VariableDifference
from deploy_ui.states.deployment.card import CardState
from deploy_ui.states.deployment.revisions import Delta, RevisionLine, RevisionsState
from deploy_ui.states.session import SessionState

FIELDS = ("image", "cpu", "memory_mb", "gpu", "concurrency", "ready_path", "env")
"""What can differ between revisions; all have a text."""
ANCHOR = "revisions"


def revisions() -> rx.Component:
    """Return the section; empty for a moment while the list is read."""
    return rx.fragment(
        section(
            t("revisions.title"),
            rx.el.ol(rx.foreach(RevisionsState.newest, _revision), class_name="revisions", data_testid="revisions"),
            rx.cond(
                RevisionsState.more,
                button(
                    t("revisions.older"),
                    look="ghost",
                    small=True,
                    on_click=RevisionsState.show_older,
                    data_testid="older-revisions",
                ),
            ),
            id=ANCHOR,
        ),
        _question(),
    )


def rolled_back() -> rx.Component:
    """Return what stands on top of the tab until a person changes what was rolled back by itself, or nothing."""
    found = RevisionsState.undone
    told = RevisionsState.shown_slug == CardState.card.slug
    return rx.cond(
        found & told,
        rx.el.div(
            callout(
                rx.el.div(
                    t("revisions.undone", failed=found.number),
                    rx.cond(found.reason != "", rx.fragment(": ", reason_word(found.reason))),
                    class_name="strong",
                ),
                rx.cond(found.message != "", rx.el.div(found.message, class_name="mono small wrap")),
                rx.el.div(
                    rx.el.span(t("revisions.wanted", revision=CardState.card.revision), class_name="grow"),
                    rx.cond(found.instance != "", _log_link(found)),
                    class_name="row row--wrap callout__actions",
                ),
                kind="warning",
                data_testid="rolled-back",
            ),
            class_name="callout__place",
        ),
    )


def _revision(each: RevisionLine) -> rx.Component:
    return rx.el.li(
        rx.el.details(
            rx.el.summary(
                icon("chevron-right", small=True),
                rx.el.span(each.number, class_name="num strong"),
                rx.el.span(_words(each), class_name="revision__what"),
                _mark(each),
                rx.el.span(
                    *(when(each.created_at), " · ", each.created_by, " · "),
                    rx.el.span(each.image_name, class_name="mono"),
                    class_name="revision__meta",
                ),
            ),
            _details(each),
        ),
        rx.cond(SessionState.may_edit & ~CardState.gone & ~each.current, _button(each)),
        class_name=rx.cond(each.current, "revision revision--current", "revision"),
        key=each.number,
        data_testid="revision",
        data_number=each.number,
    )


def _words(each: RevisionLine) -> rx.Component:
    """Return in a few words what changed."""
    oldest = rx.cond(each.number == 1, t("revisions.created"), t("revisions.first"))
    return rx.cond(each.first, oldest, rx.foreach(each.fields, _field))


def _field(name: rx.Var[str], place: rx.Var[int]) -> rx.Component:
    return rx.fragment(rx.cond(place > 0, ", ", ""), _label(name))


def _label(name: rx.Var[str]) -> rx.Var[str]:
    return rx.match(name, *((each, t(f"changed.{'image_id' if each == 'image' else each}")) for each in FIELDS), name)


def _mark(each: RevisionLine) -> rx.Component:
    """Return how it stands: serving, failed and why, on its way; nothing for an old one."""
    failed = rx.fragment(dot("failed"), t("revisions.failed"), ": ", reason_word(each.reason))
    current = rx.fragment(dot(CardState.card.phase), phase_word(CardState.card.phase))
    return rx.el.span(
        rx.cond(
            each.serving > 0,
            rx.fragment(dot("ready"), t_count("revisions.serving", each.serving)),
            rx.cond(each.failed, failed, rx.cond(each.current, current, t("revisions.earlier"))),
        ),
        class_name="revision__mark",
    )


def _button(each: RevisionLine) -> rx.Component:
    label = _verb(each.failed, each.number > CardState.card.revision)
    barred = each.obstacle != ""
    return button(
        label,
        small=True,
        on_click=RevisionsState.ask(each.number),
        disabled=barred,
        title=rx.cond(barred, t("revisions.image_gone", image=each.image_name), ""),
        data_testid="roll-back",
    )


def _verb(failed: rx.Var[bool], newer: rx.Var[bool]) -> rx.Var[str]:
    return rx.cond(failed, t("revisions.try_again"), rx.cond(newer, t("revisions.use_again"), t("revisions.roll_back")))


def _details(each: RevisionLine) -> rx.Component:
    return rx.el.div(
        rx.cond(
            each.failed,
            rx.el.div(
                rx.cond(each.message != "", rx.el.div(each.message, class_name="mono small wrap")),
                rx.cond(each.instance != "", _log_link(each)),
                class_name="revision__failure",
            ),
        ),
        rx.el.dl(
            rx.foreach(each.deltas, _delta),
            rx.foreach(each.variables, _variable),
            rx.cond(each.unknown_variables, _pair(t("field.env"), t("revisions.env_unknown"))),
            class_name="revision__diff",
        ),
        class_name="revision__details",
    )


def _delta(each: Delta) -> rx.Component:
    return _pair(
        rx.match(each.field, *((name, t(f"field.{name}")) for name in FIELDS if name != "gpu"), each.field),
        _value(each.before, "del"),
        rx.el.span("→", class_name="muted", aria_hidden=True),
        _value(each.after, "ins"),
    )


def _value(value: rx.Var[str], tag: str) -> rx.Component:
    shown = rx.cond(value != "", value, t("revisions.image_own"))
    return (rx.el.ins if tag == "ins" else rx.el.del_)(shown, class_name="mono wrap")


def _variable(each: VariableDifference) -> rx.Component:
    told = (each.before != None) | (each.after != None)  # noqa: E711 - compared in the browser
    change = rx.el.span(word(VariableChange, "variable_change", each.change), class_name="muted")
    values = (
        rx.cond(each.before != None, rx.el.del_(each.before, class_name="mono wrap")),  # noqa: E711
        rx.cond(each.after != None, rx.el.ins(each.after, class_name="mono wrap")),  # noqa: E711
    )
    name = rx.el.span(each.name, class_name="mono wrap")
    return _pair(t("field.env"), name, change, rx.cond(told, rx.fragment(*values)))


def _pair(label: rx.Var[str], *value: rx.Component | rx.Var[str]) -> rx.Component:
    return rx.el.div(rx.el.dt(label), rx.el.dd(*value))


def _log_link(each: RevisionLine) -> rx.Component:
    to = f"/deployments/{rx.State.slug}/logs?instance={each.instance}"
    return button_link(t("failure_box.log"), to, small=True, data_testid="revision-log")


def _question() -> rx.Component:
    asked, restarts = RevisionsState.asked, RevisionsState.restarts
    again, newer = RevisionsState.asked_failed, asked > CardState.card.revision
    titles = {name: t(f"revisions.{name}_title", revision=asked) for name in ("try", "use", "back")}
    return dialog(
        rx.cond(again, titles["try"], rx.cond(newer, titles["use"], titles["back"])),
        words=rx.fragment(
            rx.cond(restarts > 0, t_count("general.restarts", restarts), t("general.no_restart")),
            " ",
            rx.cond(again, rx.fragment(t("revisions.try_words"), " "), ""),
            t("revisions.stays"),
        ),
        is_open=asked > 0,
        on_close=RevisionsState.keep,
        actions=[
            button(t("common.cancel"), on_click=RevisionsState.keep),
            button(
                _verb(again, newer),
                look="primary",
                on_click=RevisionsState.roll_back,
                data_testid="confirm",
            ),
        ],
    )
