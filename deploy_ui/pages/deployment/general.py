"""The General tab: the address, what it is, its configuration, what happened."""

from typing import Any

import reflex as rx

from deploy_ui.components.buttons import button_link
from deploy_ui.components.copy import copy_icon
from deploy_ui.components.figure import figure
from deploy_ui.components.forms import plain_form
from deploy_ui.components.layout import fact, facts, panel, section, skeleton
from deploy_ui.components.leave_guard import leave_guard
from deploy_ui.components.links import text_link
from deploy_ui.components.status import phase_status
from deploy_ui.components.when import when
from deploy_ui.i18n.ui import t
from deploy_ui.pages.deployment.configuration import configuration
from deploy_ui.pages.deployment.failure import failure
from deploy_ui.pages.deployment.fields import choice, editable, words
from deploy_ui.pages.deployment.revisions import revisions, rolled_back
from deploy_ui.pages.deployment.save_bar import save_bar
from deploy_ui.pages.deployment.snippets import snippets
from deploy_ui.pages.deployment.standing import standing
from deploy_ui.pages.deployment.start_steps import track
from deploy_ui.pages.deployment.timeline import events
from deploy_ui.states.deployment.card import CardState
from deploy_ui.states.deployment.general import GeneralState

LONGEST_NAME = 200
"""Longer than allowed, so that what was pasted is not cut but refused with a reason."""


def general() -> rx.Component:
    """Return the tab."""
    return rx.el.section(
        rx.el.div(
            plain_form(
                failure(),
                rolled_back(),
                standing(),
                _address(),
                _about(),
                configuration(),
                snippets(),
                revisions(),
                save_bar(),
                on_submit=GeneralState.save,
                no_validate=True,
                auto_complete="off",
            ),
            rx.el.aside(events()),
            class_name="split",
        ),
        leave_guard(active=GeneralState.edits.length() > 0, on_leave=GeneralState.discard),
        class_name="content",
        data_testid="general",
    )


def general_skeleton() -> rx.Component:
    """Return gray bars of the size of the tab."""
    return rx.el.section(
        rx.el.div(
            rx.el.div(
                panel(rx.el.div(skeleton(width="280px"), class_name="endpoint")),
                *(
                    rx.el.div(
                        *(
                            rx.el.div(skeleton(width=width), class_name="fact")
                            for width in ("60%", "45%", "70%", "50%")
                        ),
                        class_name="facts section",
                    )
                    for _ in range(2)
                ),
            ),
            class_name="split",
        ),
        class_name="content",
        aria_busy=True,
    )


def _address() -> rx.Component:
    card = CardState.card
    host = card.url.split(card.slug)[0]
    return panel(
        rx.el.div(
            rx.el.span(rx.el.span(host), card.slug, class_name="url ellipsis", title=card.url, data_testid="url"),
            copy_icon(card.url),
            rx.el.span(class_name="grow"),
            button_link(t("general.open_test"), f"/deployments/{card.slug}/test", small=True, data_testid="open-test"),
            class_name="endpoint",
        ),
        rx.el.div(
            _stat(t("general.requests"), _measured("count", "requests"), data_testid="stat-requests"),
            _stat(t("general.p95"), _measured("seconds", "p95_s"), data_testid="stat-p95"),
            _stat(t("general.errors"), _measured("ratio", "errors"), data_testid="stat-errors"),
            _stat(
                t("general.ready"),
                *(
                    rx.el.span(card.ready_instances),
                    rx.el.small(" ", t("general.ready_of", count=card.wanted_instances)),
                ),
                data_testid="stat-ready",
            ),
            _stat(
                t("general.last_request"),
                rx.cond(card.last_request_at, when(card.last_request_at), t("general.never_called")),
                data_testid="stat-activity",
            ),
            class_name="stats",
        ),
    )


def _measured(unit: str, name: str) -> rx.Component:
    hour = rx.cond(GeneralState.last_hour, GeneralState.last_hour[name], None)
    return figure(unit, hour)


def _stat(label: rx.Var[str], *value: Any, **props: Any) -> rx.Component:
    return rx.el.div(
        rx.el.div(label, class_name="stat__label"),
        rx.el.div(*value, class_name="stat__value"),
        class_name="stat",
        **props,
    )


def _about() -> rx.Component:
    card = CardState.card
    return section(
        t("general.about"),
        facts(
            editable(
                "name",
                t("general.name"),
                rx.el.span(card.name, class_name="wrap"),
                words("name", max_length=LONGEST_NAME),
            ),
            fact(t("general.key"), rx.el.span(card.slug, class_name="mono wrap"), copy=card.slug),
            fact(t("general.id"), rx.el.span(card.id, class_name="mono"), copy=card.id.to_string()),
            fact(t("general.status"), _status()),
            rx.cond(GeneralState.steps.length() > 0, fact(t("general.start"), track(GeneralState.steps))),
            editable("image", t("general.image"), _image(), choice("image", GeneralState.image_names)),
            fact(t("general.created"), when(card.created_at, exact=True), _by(card.created_by)),
            rx.cond(
                card.generation > 1,
                fact(t("general.changed"), when(card.changed_at, exact=True), _by(card.changed_by)),
            ),
        ),
    )


def _status() -> rx.Component:
    card = CardState.card
    revision = t("timeline.revision", revision=card.revision)
    since = rx.el.span(t("general.since"), " ", when(card.phase_since, clock=True), ", ", revision, class_name="muted")
    return rx.el.span(phase_status(card.phase, card.reason), since, class_name="row row--wrap")


def _image() -> rx.Component:
    card = CardState.card
    return rx.el.span(
        text_link(card.image_name, f"/images/{card.image_id}/info", data_testid="to-image"),
        copy_icon(card.image_name),
        rx.cond(
            card.image_built_at,
            rx.el.span(t("general.built"), " ", when(card.image_built_at), class_name="muted"),
        ),
        class_name="row row--wrap mono-links",
    )


def _by(name: rx.Var[str]) -> rx.Component:
    return rx.el.span(t("general.by", name=name), class_name="ellipsis", title=name)
