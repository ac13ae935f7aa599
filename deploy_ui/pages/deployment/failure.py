"""The box on a card that cannot serve: the reason, the instance's last words, two ways on."""

import reflex as rx

from deploy_ui.components.buttons import button_link
from deploy_ui.components.icons import icon
from deploy_ui.components.status import reason_word
from deploy_ui.i18n.ui import t, t_count
from deploy_ui.services.log_rows import LogRow
from deploy_ui.states.deployment.card import CardState
from deploy_ui.states.deployment.general import GeneralState


def failure() -> rx.Component:
    """Return the box, or nothing while all is well."""
    card = CardState.card
    troubled = (card.phase == "failed") | (card.phase == "degraded")
    return rx.cond(
        troubled,
        rx.el.div(
            _head(), rx.cond(GeneralState.failure, _excerpt()), _foot(), class_name="failure", data_testid="failure"
        ),
    )


def _head() -> rx.Component:
    card = CardState.card
    return rx.el.div(
        icon("circle-alert"),
        rx.el.div(
            rx.el.div(
                rx.cond(card.phase == "failed", t("failure_box.failed"), t("failure_box.degraded")),
                rx.cond(card.reason != "", rx.fragment(": ", reason_word(card.reason))),
                class_name="strong",
            ),
            rx.cond(card.message != "", rx.el.div(card.message, class_name="mono small wrap", data_testid="message")),
            rx.cond(GeneralState.failure, rx.el.div(_times(), class_name="small muted")),
        ),
        class_name="failure__head",
    )


def _times() -> rx.Component:
    found = GeneralState.failure
    return rx.fragment(
        t_count("failure_box.times", found.times, instance=found.instance),
        rx.cond(found.exit_code != "", rx.fragment(" ", t("failure_box.exit_code", code=found.exit_code))),
    )


def _excerpt() -> rx.Component:
    lines = rx.foreach(GeneralState.failure.lines, _line)
    return rx.el.div(lines, class_name="log log--excerpt", role="log", tab_index=0, data_testid="failure-lines")


def _line(line: LogRow) -> rx.Component:
    look = rx.match(line.level.to(str), ("error", "error"), ("warning", "warn"), "plain")
    return rx.el.div(
        rx.el.span(class_name="g"),
        rx.el.span(line.text, class_name="m"),
        class_name=f"logline logline--bare logline--{look}",
    )


def _foot() -> rx.Component:
    card = CardState.card
    return rx.el.div(
        rx.el.span(t("failure_box.again"), class_name="small muted grow"),
        button_link(t("failure_box.image"), f"/images/{card.image_id}/info", small=True),
        rx.cond(
            GeneralState.failure,
            button_link(
                t("failure_box.log"),
                f"/deployments/{card.slug}/logs?instance={GeneralState.failure.instance}",
                small=True,
                data_testid="failure-log",
            ),
        ),
        class_name="failure__foot",
    )
