"""The editor of a README: text and rendering beside each other, nothing lost, two writers told of each other."""

from typing import Any

import reflex as rx
from reflex.event import passthrough_event_spec

from deploy_ui.components import leave_guard, readme_view, save_text, text_diff  # noqa: F401 - a script imports theirs
from deploy_ui.components.scripts import script
from deploy_ui.i18n.ui import LanguageState, t

WORDS = (
    *("modes", "edit", "split", "preview", "saved", "unsaved", "saving", "never_saved"),
    *("picture", "sample", "sample_help", "discard", "save", "save_key", "label", "hint", "empty", "empty_viewer"),
    *("draft", "resume", "forget", "newer", "compare", "undecided", "close", "unreachable"),
    *("conflict", "conflict_words", "later", "take_theirs", "keep_mine", "merge", "mine", "theirs"),
    *("uploading", "not_picture", "picture_large"),
)
LEAVE = ("title", "words", "stay", "leave")
FACTS = ("at", "by", "version", "name", "size")
"""What the scripts fill in by themselves."""
SCRIPTS = (
    *("readme_api.js", "readme_bar.js", "readme_codemirror.js", "readme_conflict.js"),
    *("readme_draft.js", "readme_editing.js", "readme_merge.js", "readme_pictures.js", "readme_scroll.js"),
)
PACKAGES = ["@codemirror/lang-markdown@6.5.2", "node-diff3@3.2.1"]

for _script in SCRIPTS:
    script(_script)  # what readme_editor.js imports lies beside it


class ReadmeEditor(rx.NoSSRComponent):
    """Edits the README at `url`; children stand in its toolbar."""

    library = script("readme_editor.js")
    tag = "ReadmeEditor"
    lib_dependencies: list[str] = [
        *readme_view.PACKAGES,
        *text_diff.TextDiff.lib_dependencies,
        *PACKAGES,
    ]

    url: rx.Var[str]
    """`/api/v1/deployments/{slug}/readme`, or an image's; pictures are stored at `{url}/files`."""
    may_edit: rx.Var[bool]
    person: rx.Var[str]
    """Whose drafts these are in this browser."""
    sample: rx.Var[str]
    """Fills an empty editor; is downloaded when something is written already."""
    language: rx.Var[str]
    words: rx.Var[dict[str, str]]
    reload: rx.Var[int]
    """Looks for a newer version when it changes."""
    on_saved: rx.EventHandler[passthrough_event_spec(int)]
    """Gets the number of the version that was saved."""


def readme_editor(
    *tools: Any, url: rx.Var[str] | str, may_edit: rx.Var[bool], person: rx.Var[str], sample: rx.Var[str], **props: Any
) -> rx.Component:
    """Return the editor, or for who may not edit the README alone; `tools` stand in the toolbar."""
    return ReadmeEditor.create(
        *tools,
        url=url,
        may_edit=may_edit,
        person=person,
        sample=sample,
        language=LanguageState.language,
        words=_words(),
        data_testid="readme-editor",
        **props,
    )


def _words() -> dict[str, rx.Var[str]]:
    facts = {name: f"{{{name}}}" for name in FACTS}
    own = {word: t(f"readme_editor.{word}", **facts) for word in WORDS}
    leave = {f"leave_{word}": t(f"leave.{word}") for word in LEAVE}
    return {**readme_view.words(), **own, **leave, "folded": t("text_diff.folded")}
