"""A form with files that the browser posts as multipart: with progress, past the page's socket, losing nothing."""

from typing import Any

import reflex as rx
from reflex.event import passthrough_event_spec

from deploy_ui.components.scripts import script
from deploy_ui.i18n.ui import LanguageState, t

WORDS = (
    *("drop", "choose_files", "choose_folder", "remove", "remove_all"),
    *("together", "passed_over", "unpacked", "as_it_is"),
)
SCRIPT = script("upload_form.js")

for _script in ("amounts.js", "drafts.js", "dropped.js", "form_fields.js"):
    script(_script)  # what the scripts here import lies beside them


class UploadForm(rx.Component):
    """Posts its fields and files to `action`; when something was made, opens `then` with its `{id}`.

    What is typed is kept for the tab as the draft `draft`, until it is sent or given up. Esc stops what is being
    sent, else goes to `away`.
    """

    library = SCRIPT
    tag = "UploadForm"

    action: rx.Var[str]
    then: rx.Var[str]
    away: rx.Var[str]
    draft: rx.Var[str]
    filling: rx.Var[dict[str, Any]]
    """`words` by field and `files` (base64 by path), filled in once for every `id`."""
    refusals: rx.Var[int]
    """How often something was wrong: at every change the first wrong field is shown."""
    on_sending: rx.EventHandler[rx.event.no_args_event_spec]
    on_refused: rx.EventHandler[passthrough_event_spec(str, dict[str, Any])]
    """Gets the code and the facts of the error, `field` among them."""


class UploadButton(rx.Component):
    """Sends the form around it, and says how far it is."""

    library = SCRIPT
    tag = "UploadButton"

    busy_label: rx.Var[str]
    checking_label: rx.Var[str]


class CancelButton(rx.Component):
    """Stops what the form around it is sending; else gives the form up."""

    library = SCRIPT
    tag = "CancelButton"


class FileDrop(rx.NoSSRComponent):
    """The files of the form around it."""

    library = script("file_drop.js")
    tag = "FileDrop"

    name: rx.Var[str]
    archive_name: rx.Var[str]
    limit: rx.Var[int]
    entries: rx.Var[dict[str, list[str]]]
    words: rx.Var[dict[str, str]]
    language: rx.Var[str]


class EnvField(rx.Component):
    """`NAME=value` lines of the form around it."""

    library = script("env_field.js")
    tag = "EnvField"

    name: rx.Var[str]


def file_drop(*, limit: rx.Var[int], entries: dict[str, list[str]]) -> rx.Component:
    """Return the list of files with its drop zone; `limit` in bytes.

    `entries` are the scripts of which a kind needs one, unless something is written into the field `script`.
    """
    return FileDrop.create(
        name="files",
        archive_name="archive",
        limit=limit,
        entries=entries,
        words={word: t(f"files.{word}") for word in WORDS},
        language=LanguageState.language,
        data_testid="files",
    )
