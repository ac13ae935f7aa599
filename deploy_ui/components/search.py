"""The field that narrows a list."""

import reflex as rx
from reflex.event import passthrough_event_spec

from deploy_ui.components.scripts import script


class SearchField(rx.Component):
    """Keeps what is typed in the browser; tells the server when typing pauses."""

    library = script("search.js")
    tag = "SearchField"

    value: rx.Var[str]
    placeholder: rx.Var[str]
    clear_label: rx.Var[str]
    on_change: rx.EventHandler[passthrough_event_spec(str)]
