"""Parts of the request form that the browser runs by itself."""

from typing import Any

import reflex as rx
from reflex.event import passthrough_event_spec

from deploy_ui.components.scripts import script

_LIBRARY = script("trial_form.js")
script("copy.js")  # what trial_form.js imports lies beside it


class CurlButton(rx.Component):
    """Copies the form around it as cURL, with a fresh key from the API."""

    library = _LIBRARY
    tag = "CurlButton"

    url: rx.Var[str]
    label: rx.Var[str]
    copied_label: rx.Var[str]
    on_failure: rx.EventHandler[passthrough_event_spec(str, dict[str, Any])]
    """Gets the code and the facts of the error."""


class FormatButton(rx.Component):
    """Writes the JSON in the form's editor `field` again, with a line for every value."""

    library = _LIBRARY
    tag = "FormatButton"

    field: rx.Var[str]
    on_failure: rx.EventHandler[passthrough_event_spec(str)]
    """Gets the text if it is no JSON."""


class SaveButton(rx.Component):
    """Saves a text as a file."""

    library = _LIBRARY
    tag = "SaveButton"

    text: rx.Var[str]
    filename: rx.Var[str]
    label: rx.Var[str]
