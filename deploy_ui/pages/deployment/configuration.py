"""The configuration on the General tab: facts that become fields."""

import reflex as rx

from deploy_ui.components.amounts import decimal, memory
from deploy_ui.components.layout import facts, section
from deploy_ui.i18n.ui import t, t_count
from deploy_ui.pages.deployment.fields import editable, number, variables, words
from deploy_ui.pages.deployment.revisions import ANCHOR
from deploy_ui.services.env import Variable
from deploy_ui.states.deployment.card import CardState

LONGEST_PATH = 600


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
            editable("env", t("general.env"), _env(), variables()),
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


def _env() -> rx.Component:
    """Return the first variable, an open one if there is any, and the others one click away."""
    env = CardState.card.env
    more = rx.el.details(
        rx.el.summary(
            _variable(env[0]),
            rx.el.span(t("general.env_more", count=env.length() - 1), class_name="link variables__more"),
        ),
        rx.el.ul(rx.foreach(env[1:], lambda each: rx.el.li(_variable(each))), class_name="variables__list"),
        class_name="variables",
        data_testid="variables",
    )
    none = rx.el.span(t("general.env_none"), class_name="muted")
    return rx.match(env.length(), (0, none), (1, _variable(env[0])), more)


def _variable(each: Variable) -> rx.Component:
    value = rx.el.span("=", each.value, class_name="variables__value", title=each.value)
    hidden = rx.el.span(t("general.env_secret"), class_name="badge", title=t("general.env_secret_help"))
    return rx.el.span(
        rx.el.span(each.name, rx.cond(each.secret, rx.fragment(), value), class_name="mono variables__one"),
        rx.cond(each.secret, hidden),
        class_name="row variables__row",
    )
