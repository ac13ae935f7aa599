"""The files of an image."""

from typing import Any

import reflex as rx

from deploy_ui.components.code_editor import PACKAGES
from deploy_ui.components.file_text import text_words
from deploy_ui.components.scripts import script
from deploy_ui.i18n.ui import LanguageState, t


class FileList(rx.NoSSRComponent):
    """Lists files with their sizes; its children stand below them. An empty `base` gives names only."""

    library = script("file_list.js")
    tag = "FileList"
    lib_dependencies: list[str] = PACKAGES

    files: rx.Var[list[Any]]
    """Each with `path` and `size`."""
    base: rx.Var[str]
    """The address that paths are below of."""
    language: rx.Var[str]
    words: rx.Var[dict[str, str]]


def file_list(files: rx.Var[Any], *children: Any, base: rx.Var[str], **props: Any) -> rx.Component:
    """Return the files; those that may be text open in place."""
    words = {**text_words(), "download": t("files.download"), "cut": t("files.cut")}
    return FileList.create(*children, files=files, base=base, language=LanguageState.language, words=words, **props)
