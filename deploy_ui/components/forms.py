"""Form rows, and forms that the browser posts by itself because the answer sets the session's cookie."""

from typing import Any

import reflex as rx
from reflex.event import passthrough_event_spec

from deploy_ui.components.icons import icon
from deploy_ui.components.scripts import script
from deploy_ui.i18n.ui import t


class PostForm(rx.Component):
    """Posts its fields as JSON to `action`; when that worked, loads the page `then`, or what `?next=` names."""

    library = script("forms.js")
    tag = "PostForm"

    action: rx.Var[str]
    then: rx.Var[str]
    fragment_name: rx.Var[str]
    """Sends the address's #fragment under this name too."""
    on_failure: rx.EventHandler[passthrough_event_spec(str, dict[str, Any])]
    """Gets the code and the facts of the error."""


class LeaveButton(rx.Component):
    """Sends DELETE to `action`, forgets the tab's state and loads the page `then`."""

    library = script("forms.js")
    tag = "LeaveButton"

    action: rx.Var[str]
    then: rx.Var[str]


class PasswordField(rx.Component):
    """A password that can be shown."""

    library = script("forms.js")
    tag = "PasswordField"

    name: rx.Var[str]
    html_id: rx.Var[str]
    auto_complete: rx.Var[str]
    show_label: rx.Var[str]
    aria_invalid: rx.Var[bool]

    _rename_props = {"htmlId": "id"}


class WithFragment(rx.NoSSRComponent):
    """Its children if the address has a #fragment, else `fallback`."""

    library = script("forms.js")
    tag = "WithFragment"

    fallback: rx.Var[rx.Component]


def plain_form(*children: rx.Component, **props: Any) -> rx.Component:
    """Return a form that does nothing until its page's script runs.

    A browser's own way would put what was typed into the address.
    """
    return rx.el.form(*children, method="dialog", **props)


def form_row(
    name: str,
    label: rx.Var[str] | str,
    control: rx.Component,
    *,
    error: rx.Var[str] | str = "",
    help_text: rx.Var[str] | str = "",
) -> rx.Component:
    """Return a label above its control, with help or what is wrong under it. The control's id is `name`."""
    wrong = rx.Var.create(error)
    help_line = (
        rx.el.span(help_text, class_name="help") if not isinstance(help_text, str) or help_text else rx.fragment()
    )
    return rx.el.div(
        rx.el.label(label, html_for=name),
        control,
        rx.cond(wrong != "", form_error(wrong, data_testid=f"error-{name}"), help_line),
        class_name="formrow",
    )


def wrong_in(errors: rx.Var[dict[str, str]], name: str) -> rx.Var[str]:
    """Return what is wrong with one field, or nothing, from a state's errors by field."""
    return rx.cond(errors.contains(name), errors[name].to(str), "")


def form_error(words: rx.Var[str] | str, **props: object) -> rx.Component:
    """Return what is wrong, in red."""
    return rx.el.span(icon("circle-alert", small=True), words, class_name="error", role="alert", **props)


def text_field(name: str, *, error: rx.Var[str] | str = "", **props: object) -> rx.Component:
    """Return a one-line input in our frame."""
    return rx.el.span(
        rx.el.input(id=name, name=name, class_name="field__value", **props), class_name=field_class(error)
    )


def password_field(name: str, *, error: rx.Var[str] | str = "", **props: object) -> rx.Component:
    """Return a password input that can be shown."""
    return PasswordField.create(
        icon("eye"),
        name=name,
        html_id=name,
        show_label=t("session.show_password"),
        class_name=field_class(error),
        **props,
    )


def field_class(error: rx.Var[str] | str) -> rx.Var[str]:
    """Return the class names of a field that may be wrong."""
    return rx.cond(rx.Var.create(error) != "", "field field--error", "field")


def submit_button(label: rx.Var[str], busy_label: rx.Var[str], **props: object) -> rx.Component:
    """Return the button of a `PostForm`: it says what it does, and says so while it does it."""
    return rx.el.button(
        rx.el.span(label, class_name="when-idle"),
        rx.el.span(busy_label, class_name="when-busy"),
        type="submit",
        class_name="btn btn--primary btn--tall",
        **props,
    )
