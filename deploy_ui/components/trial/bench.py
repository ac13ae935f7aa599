"""The API test tab's own part of the browser."""

from typing import Any

import reflex as rx
from reflex.event import no_args_event_spec, passthrough_event_spec

from deploy_ui.components import amounts, copy, log_rows, save_text, when  # noqa: F401 - the scripts here import theirs
from deploy_ui.components.code_editor import PACKAGES
from deploy_ui.components.scripts import script

SCHEMA_FORM = ["@rjsf/core@6.11.1", "@rjsf/utils@6.11.1", "@cfworker/json-schema@4.1.6"]
"""A form from a JSON schema, and a checker of values that makes no code of the schema: the policy forbids eval."""

for _script in (
    *("answer.js", "answer_body.js", "answer_modes.js", "answer_panel.js", "body_editor.js", "body_panel.js"),
    *("code_view.js", "curl_button.js", "draft.js", "exchange.js", "fields.js", "header_rows.js", "hex.js"),
    *("history.js", "json_text.js", "log_panel.js", "memory.js", "progress.js", "request_bar.js"),
    *("schema_check.js", "schema_form.js", "schema_looks.js", "widgets.js", "wire.js", "words.js"),
):
    script(_script)  # what bench.js imports lies beside it


class TrialBench(rx.NoSSRComponent):
    """A request to one deployment, its answer while it comes, what was sent before, and the log of one request.

    What is typed and what comes back stays in the browser. Children stand at the foot of the answer while `followed`.
    """

    library = script("bench.js")
    tag = "TrialBench"
    lib_dependencies: list[str] = [*PACKAGES, *SCHEMA_FORM, log_rows.ANSI]

    slug: rx.Var[str]
    base: rx.Var[str]
    """The address that paths are behind."""
    sample: rx.Var[dict[str, Any]]
    """The request to begin with, as the API takes it."""
    schema: rx.Var[Any]
    """Of the JSON body."""
    may_send: rx.Var[bool]
    rows: rx.Var[list[Any]]
    """The history, in the order to show."""
    refused: rx.Var[Any]
    """What was refused: `words`, and `field` and `facts` where it has a place in the form."""
    followed: rx.Var[bool]
    owner: rx.Var[str]
    """Whose requests these are: another person's are not remembered for this one."""
    words: rx.Var[dict[str, str]]
    language: rx.Var[str]

    on_sending: rx.EventHandler[no_args_event_spec]
    on_refused: rx.EventHandler[passthrough_event_spec(str, dict[str, Any])]
    """Gets the code and the facts of the error."""
    on_ended: rx.EventHandler[passthrough_event_spec(str, str)]
    """Gets the id of the asynchronous call that was accepted, or nothing; and how it ended: done, failed, canceled."""
    on_name: rx.EventHandler[passthrough_event_spec(int, str)]
    on_forget: rx.EventHandler[passthrough_event_spec(int)]
    on_clear: rx.EventHandler[no_args_event_spec]
