"""The configuration on the General tab: facts that become fields."""

import reflex as rx

from deploy_ui.components.amounts import decimal, memory
from deploy_ui.components.layout import facts, section
from deploy_ui.i18n.ui import t, t_count
from deploy_ui.pages.deployment.fields import editable, lines, number, words
from deploy_ui.pages.deployment.revisions import ANCHOR
from deploy_ui.states.deployment.card import CardState

LONGEST_PATH = 600
SHOWN_NAMES = 3
"""Names of variables that are shown before “and 27 more”."""


def configuration() -> rx.Component:
    """Return the section."""
    card = CardState.card
    return section(
        t("general.configuration"),
        facts(
            _resources(),
            _instances(),
            editable(
                "concurrency",
                t("general.concurrency"),
                t_count("general.concurrency_value", card.concurrency),
                number("concurrency"),
            ),
            _idle(),
            _limits(),
            editable(
                "ready_path",
                t("general.ready_path"),
                rx.el.span(card.ready_path, class_name="mono wrap"),
                words("ready_path", max_length=LONGEST_PATH, mono=True),
            ),
            editable("env", t("general.env"), _env_names(), _env_field()),
        ),
        end=rx.el.span(
            t("general.revision", revision=card.revision),
            " · ",
            rx.el.a(t("general.all_revisions"), href=f"#{ANCHOR}", class_name="link"),
            class_name="small muted",
        ),
    )


def _resources() -> rx.Component:
    card = CardState.card
    return editable(
        "resources",
        t("general.resources"),
        t("general.resources_value", cpu=decimal(card.cpu), memory=memory(card.memory_mb)),
        number("cpu", step="0.1", behind=t("general.cores")),
        number("memory_mb", behind=t("general.mib")),
    )


def _instances() -> rx.Component:
    card = CardState.card
    return editable(
        "instances",
        t("general.instances"),
        rx.cond(
            card.min_instances == card.max_instances,
            rx.fragment(card.max_instances),
            t("general.instances_value", now=card.wanted_instances, low=card.min_instances, high=card.max_instances),
        ),
        number("min_instances", before=t("general.from")),
        number("max_instances", before=t("general.to")),
        number("instances", before=t("general.now")),
        rx.el.span(t("general.instances_zero"), class_name="help small muted"),
    )


def _idle() -> rx.Component:
    card = CardState.card
    return editable(
        "idle",
        t("general.idle"),
        rx.cond(
            card.min_instances == 0,
            t("general.idle_value", seconds=card.idle_timeout_s),
            rx.el.span(t("general.idle_never"), class_name="muted"),
        ),
        number("idle_timeout_s", before=t("general.idle_after")),
    )


def _limits() -> rx.Component:
    card = CardState.card
    return editable(
        "limits",
        t("general.limits"),
        t("general.limits_value", start=card.start_timeout_s, request=card.request_timeout_s),
        number("start_timeout_s", before=t("general.limit_start")),
        number("request_timeout_s", before=t("general.limit_request")),
    )


def _env_names() -> rx.Component:
    names = CardState.card.env_names
    first = names[:SHOWN_NAMES].join(", ")
    return rx.cond(
        names.length() > 0,
        rx.el.span(
            rx.el.span(first, class_name="mono wrap"),
            rx.cond(
                names.length() > SHOWN_NAMES,
                rx.el.span(" ", t("general.env_more", count=names.length() - SHOWN_NAMES), class_name="muted"),
            ),
            title=names.join(", "),
        ),
        rx.el.span(t("general.env_none"), class_name="muted"),
    )


def _env_field() -> rx.Component:
    names = CardState.card.env_names
    known = rx.el.span(
        rx.foreach(names, lambda each: rx.el.code(each, class_name="inline")),
        class_name="names",
        data_testid="env-names",
    )
    return rx.el.div(
        rx.cond(names.length() > 0, known),
        lines("env", "THRESHOLD=0.82\n-OLD_NAME"),
        rx.el.span(t("general.env_help"), class_name="help small muted"),
        class_name="fact__column",
    )
