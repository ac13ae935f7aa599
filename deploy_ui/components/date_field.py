"""A day to choose in a form."""

import reflex as rx

from deploy_ui.components.scripts import script


class DateField(rx.Component):
    """A date; the form's field `name` holds when it ends where the reader is, RFC 3339 in UTC, or nothing."""

    library = script("date_field.js")
    tag = "DateField"

    name: rx.Var[str]
