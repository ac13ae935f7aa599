"""The General tab: the address, what it is, its configuration, what happened."""

import reflex as rx

from deploy_ui.components.buttons import button, button_link
from deploy_ui.components.copy import copy_icon
from deploy_ui.components.layout import fact, facts, panel, section, skeleton
from deploy_ui.components.links import text_link
from deploy_ui.components.status import phase_status
from deploy_ui.components.when import when
from deploy_ui.i18n.ui import t, t_count
from deploy_ui.pages.deployment.failure import failure
from deploy_ui.pages.deployment.fields import editable, number, words
from deploy_ui.pages.deployment.timeline import events
from deploy_ui.states.deployment.card import CardState
from deploy_ui.states.deployment.general import GeneralState


def general() -> rx.Component:
    """Return the tab."""
    return rx.el.section(
        rx.cond(
            CardState.card,
            rx.el.div(
                rx.el.div(failure(), _address(), _about(), _configuration(), _save_bar()),
                rx.el.aside(events()),
                class_name="split",
            ),
            rx.el.div(skeleton(height="100px"), aria_busy=True),
        ),
        class_name="content",
        data_testid="general",
    )


def _address() -> rx.Component:
    card = CardState.card
    host = card.url.split(card.slug)[0]
    return panel(
        rx.el.div(
            rx.el.span(rx.el.span(host), card.slug, class_name="url ellipsis", title=card.url, data_testid="url"),
            copy_icon(card.url),
            rx.el.span(class_name="grow"),
            rx.cond(
                ~CardState.gone,
                button_link(t("general.open_test"), f"/deployments/{card.slug}/test", small=True),
            ),
            class_name="endpoint",
        ),
    )


def _about() -> rx.Component:
    card = CardState.card
    return section(
        t("general.about"),
        facts(
            editable("name", t("general.name"), card.name, words("name", card.name, max_length=200)),
            fact(t("general.key"), rx.el.span(card.slug, class_name="mono"), copy=card.slug),
            fact(
                t("general.status"),
                phase_status(card.phase, card.reason),
                rx.el.span(t("general.since"), " ", when(card.phase_since), class_name="muted"),
            ),
            editable(
                "image",
                t("general.image"),
                rx.fragment(text_link(card.image_name, f"/images/{card.image_id}/info"), copy_icon(card.image_name)),
                _image_choice(),
            ),
            fact(
                t("general.created"), when(card.created_at, exact=True), rx.el.span(card.created_by, class_name="muted")
            ),
            fact(
                t("general.changed"), when(card.changed_at, exact=True), rx.el.span(card.changed_by, class_name="muted")
            ),
        ),
    )


def _image_choice() -> rx.Component:
    return rx.el.select(
        rx.foreach(GeneralState.image_names, lambda name: rx.el.option(name, value=name)),
        default_value=CardState.card.image_name,
        on_change=lambda value: GeneralState.note("image", value),
        class_name="field field--s",
        aria_label=t("general.image"),
        data_testid="edit-image",
    )


def _configuration() -> rx.Component:
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
                number("concurrency", card.concurrency),
            ),
            _limits(),
            editable(
                "ready_path",
                t("general.ready_path"),
                rx.el.span(card.ready_path, class_name="mono"),
                words("ready_path", card.ready_path, max_length=512),
            ),
            editable("env", t("general.env"), _env_names(), _env_field()),
        ),
        end=rx.el.span(t("general.revision", revision=card.revision), class_name="small muted"),
    )


def _resources() -> rx.Component:
    card = CardState.card
    return editable(
        "resources",
        t("general.resources"),
        t("general.resources_value", cpu=card.cpu, memory=card.memory_mb),
        rx.fragment(
            number("cpu", card.cpu, step="0.1"),
            _unit("cores"),
            number("memory_mb", card.memory_mb),
            _unit("mib"),
        ),
        fields=("cpu", "memory_mb"),
    )


def _instances() -> rx.Component:
    card = CardState.card
    return editable(
        "instances",
        t("general.instances"),
        t("general.instances_value", now=card.wanted_instances, low=card.min_instances, high=card.max_instances),
        rx.fragment(
            _unit("from"),
            number("min_instances", card.min_instances),
            _unit("to"),
            number("max_instances", card.max_instances),
            _unit("now"),
            number("instances", card.wanted_instances),
        ),
        fields=("min_instances", "max_instances", "instances"),
    )


def _limits() -> rx.Component:
    card = CardState.card
    return editable(
        "limits",
        t("general.limits"),
        t("general.limits_value", start=card.start_timeout_s, request=card.request_timeout_s),
        rx.fragment(
            _unit("limit_start"),
            number("start_timeout_s", card.start_timeout_s),
            _unit("limit_request"),
            number("request_timeout_s", card.request_timeout_s),
        ),
        fields=("start_timeout_s", "request_timeout_s"),
    )


def _unit(name: str) -> rx.Component:
    return rx.el.span(t(f"general.{name}"), class_name="muted")


def _env_names() -> rx.Component:
    names = CardState.card.env_names
    return rx.cond(
        names.length() > 0,
        rx.el.span(names.join(", "), class_name="mono ellipsis", title=names.join(", ")),
        rx.el.span(t("general.env_none"), class_name="muted"),
    )


def _env_field() -> rx.Component:
    return rx.el.div(
        rx.el.textarea(
            on_blur=lambda value: GeneralState.note("env", value),
            placeholder="THRESHOLD=0.82\n-OLD_NAME",
            class_name="field mono",
            rows="4",
            spell_check=False,
            aria_label=t("general.env"),
            data_testid="edit-env",
        ),
        rx.el.span(t("general.env_help"), class_name="help small muted"),
        class_name="grow",
    )


def _save_bar() -> rx.Component:
    return rx.cond(
        GeneralState.editing.length() > 0,
        rx.el.div(
            rx.el.div(
                rx.el.div(t_count("general.unsaved", GeneralState.draft.length()), class_name="strong"),
                rx.el.div(
                    rx.cond(
                        GeneralState.restarts > 0,
                        t_count("general.restarts", GeneralState.restarts),
                        t("general.no_restart"),
                    ),
                    class_name="muted small",
                ),
                class_name="grow",
            ),
            button(t("general.discard"), look="ghost", on_click=GeneralState.discard, data_testid="discard"),
            button(
                t("general.save"),
                look="primary",
                on_click=GeneralState.save,
                disabled=(GeneralState.draft.length() == 0) | (GeneralState.wrong.length() > 0),
                data_testid="save",
            ),
            class_name="savebar",
        ),
    )
