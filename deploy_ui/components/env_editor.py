"""The editor of environment variables, open and secret ones."""

from typing import Any

import reflex as rx
from reflex.event import no_args_event_spec, passthrough_event_spec

from deploy_ui.components.scripts import script
from deploy_ui.i18n.ui import t

WORDS = (
    *("name", "value", "value_of", "secret", "secret_of", "kept", "new_value", "add", "remove", "removed", "keep"),
    *("paste", "add_pasted", "cancel", "no_name", "bad_name", "our_name", "twice", "bad_value", "needs_value"),
    *("bad_line", "unreadable", "unreachable", "not_read", "again"),
)
BRACED = {"name": "{name}", "line": "{line}"}
"""Facts that the browser fills in."""
for _script in ("dotenv_box.js", "env_row.js", "env_rows.js"):
    script(_script)  # what env_editor.js imports lies beside it


class EnvEditor(rx.Component):
    """Rows of variables; the form around it gets what they change as its field `name` (`states/env_fields.py`)."""

    library = script("env_editor.js")
    tag = "EnvEditor"

    name: rx.Var[str]
    url: rx.Var[str]
    """Where the variables that are there are read (`GET /api/v1/deployments/{slug}`); empty: there are none."""
    words: rx.Var[dict[str, str]]
    error: rx.Var[str]
    """What the server says is wrong; shown while the rows themselves are right."""
    back: rx.Var[str]
    """The id of what gets the focus when it is gone."""
    on_note: rx.EventHandler[passthrough_event_spec(str)]
    """Gets what changes when typing pauses, without secret values."""
    on_cancel: rx.EventHandler[no_args_event_spec]


def env_editor(name: str, *, error: rx.Var[str], url: rx.Var[str] | str = "", **props: Any) -> rx.Component:
    """Return the editor."""
    words = {word: t(f"env.{word}", **BRACED) for word in WORDS}
    return EnvEditor.create(name=name, url=url, error=error, words=words, **props)
