"""The form of a new deployment."""

from typing import Any

import reflex as rx

from deploy_ui.components.buttons import button_link
from deploy_ui.components.env_editor import env_editor
from deploy_ui.components.forms import field_class, form_error, form_row, plain_form, text_field, wrong_in
from deploy_ui.components.layout import callout, event, panel, timeline
from deploy_ui.components.links import link
from deploy_ui.i18n.ui import t
from deploy_ui.pages.shell import crumbs, shell
from deploy_ui.states.new_deployment import NewDeploymentState
from deploy_ui.states.session import SessionState

STEPS = ("start", "ready", "route")
ADVANCED = ("concurrency", "idle_timeout_s", "start_timeout_s", "request_timeout_s", "ready_path", "env")


def new_deployment() -> rx.Component:
    """Return the page."""
    return shell(
        rx.el.header(
            crumbs((t("nav.deployments"), "/deployments"), here=t("new.crumb")),
            rx.el.div(rx.el.h1(t("new.title"), class_name="title"), class_name="titleline"),
            class_name="page__head",
        ),
        rx.el.section(
            rx.cond(
                SessionState.may_edit,
                rx.el.div(_form(), rx.el.aside(_next()), class_name="split split--form"),
                callout(t("session.read_only")),
            ),
            class_name="content",
        ),
        section="deployments",
    )


def _form() -> rx.Component:
    return plain_form(
        _name(),
        _image(),
        _pair(t("new.resources"), ("cpu", "1", "0.1"), ("memory_mb", "1024", "1"), help_text=t("new.resources_help")),
        _pair(
            t("general.instances"),
            ("min_instances", "1", "1"),
            ("max_instances", "1", "1"),
            help_text=t("new.instances_help"),
        ),
        _advanced(),
        rx.el.div(
            rx.el.button(
                rx.cond(NewDeploymentState.busy, t("new.submitting"), t("new.submit")),
                type="submit",
                class_name="btn btn--primary",
                disabled=NewDeploymentState.busy,
                data_testid="submit",
            ),
            button_link(t("common.cancel"), "/deployments", look="ghost"),
            class_name="formfoot",
        ),
        on_submit=[NewDeploymentState.begin, NewDeploymentState.submit],
        class_name="form",
        no_validate=True,
        data_testid="new-deployment",
    )


def _name() -> rx.Component:
    wrong = _wrong("name")
    field = text_field("name", error=wrong, max_length=200, auto_complete="off", auto_focus=True, **_checked("name"))
    return form_row("name", t("field.name"), field, error=wrong, help_text=t("new.name_help"))


def _image() -> rx.Component:
    chosen = rx.el.select(
        rx.foreach(NewDeploymentState.image_names, lambda name: rx.el.option(name, value=name)),
        id="image",
        name="image",
        default_value=NewDeploymentState.image,
        key=NewDeploymentState.image,
        class_name=field_class(_wrong("image")),
    )
    none = callout(
        t("new.no_images"), " ", link(t("new.create_image"), to="/images/new", class_name="link"), kind="warning"
    )
    return form_row(
        "image",
        t("field.image"),
        rx.cond(NewDeploymentState.loaded & (NewDeploymentState.image_names.length() == 0), none, chosen),
        error=_wrong("image"),
        help_text=t("new.image_help"),
    )


def _pair(label: rx.Var[str], *fields: tuple[str, str, str], help_text: rx.Var[str]) -> rx.Component:
    """Return number fields beside each other under one label."""
    return rx.el.div(
        rx.el.span(label, class_name="label"),
        rx.el.div(*(_number(*each) for each in fields), class_name="row row--fields"),
        *(rx.cond(_wrong(name) != "", form_error(_wrong(name), data_testid=f"error-{name}")) for name, *_ in fields),
        rx.el.span(help_text, class_name="help"),
        class_name="formrow",
    )


def _number(name: str, value: str, step: str) -> rx.Component:
    return rx.el.label(
        rx.el.span(t(f"field.{name}"), class_name="small muted"),
        rx.el.input(
            type="number",
            id=name,
            name=name,
            step=step,
            default_value=value,
            class_name=field_class(_wrong(name)),
            **_checked(name),
        ),
        class_name="labeled",
    )


def _advanced() -> rx.Component:
    return rx.el.details(
        rx.el.summary(
            rx.el.span(t("new.advanced"), class_name="strong"),
            rx.el.span(t("new.advanced_hint"), class_name="small muted"),
        ),
        rx.el.div(
            _pair(t("general.concurrency"), ("concurrency", "8", "1"), help_text=t("new.concurrency_help")),
            _pair(t("general.idle"), ("idle_timeout_s", "300", "1"), help_text=t("new.idle_help")),
            _pair(
                t("general.limits"),
                ("start_timeout_s", "120", "1"),
                ("request_timeout_s", "60", "1"),
                help_text=t("new.limits_help"),
            ),
            form_row(
                "ready_path",
                t("field.ready_path"),
                text_field(
                    "ready_path",
                    error=_wrong("ready_path"),
                    placeholder="/health/ready",
                    **_checked("ready_path"),
                ),
                error=_wrong("ready_path"),
                help_text=t("new.ready_path_help"),
            ),
            _env(),
            class_name="form form--inner",
        ),
        open=_any_wrong(ADVANCED),
        class_name="details",
    )


def _env() -> rx.Component:
    return rx.el.div(
        rx.el.span(t("field.env"), class_name="label"),
        env_editor("env", error=_wrong("env")),
        rx.el.span(t("new.env_help"), class_name="help"),
        class_name="formrow",
    )


def _checked(name: str) -> dict[str, Any]:
    """Return what makes a field be checked when it is left, and say that it is wrong."""
    return {
        "on_blur": lambda typed: NewDeploymentState.check(name, typed),
        "aria_invalid": _wrong(name) != "",
    }


def _any_wrong(names: tuple[str, ...]) -> Any:
    found: Any = _wrong(names[0]) != ""
    for name in names[1:]:
        found = found | (_wrong(name) != "")
    return found


def _wrong(name: str) -> rx.Var[str]:
    return wrong_in(NewDeploymentState.wrong, name)


def _next() -> rx.Component:
    return panel(
        rx.el.div(
            timeline(
                *(
                    event(
                        rx.el.span(str(number), class_name="stepnum"),
                        t(f"new.step_{step}"),
                        t(f"new.step_{step}_help"),
                    )
                    for number, step in enumerate(STEPS, start=1)
                )
            ),
            class_name="panel__body",
        ),
        title=t("new.next"),
    )
