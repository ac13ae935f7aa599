"""A field of a fact that is edited in place."""

import reflex as rx
from reflex.event import no_args_event_spec, passthrough_event_spec

from deploy_ui.components.scripts import script


class EditField(rx.Component):
    """Tells what is typed when typing pauses; Enter submits the form around it, Esc gives up."""

    library = script("edit_field.js")
    tag = "EditField"

    kind: rx.Var[str]
    """`input`, `textarea` or `select`."""
    name: rx.Var[str]
    default_value: rx.Var[str]
    focus: rx.Var[bool]
    """Takes the focus when it appears."""
    back: rx.Var[str]
    """The id of what gets the focus back when it is gone."""
    on_note: rx.EventHandler[passthrough_event_spec(str)]
    on_cancel: rx.EventHandler[no_args_event_spec]
