"""What changed between two versions of a README."""

from typing import Any

import reflex as rx

from deploy_ui.components.scripts import script
from deploy_ui.components.text_diff import TextDiff
from deploy_ui.i18n.ui import t


class ReadmeCompare(rx.NoSSRComponent):
    """Reads both texts and shows them beside each other."""

    library = script("readme_compare.js")
    tag = "ReadmeCompare"
    lib_dependencies: list[str] = TextDiff.lib_dependencies

    older: rx.Var[str]
    """Where the API answers the older text."""
    newer: rx.Var[str]
    words: rx.Var[dict[str, str]]


def readme_compare(older: rx.Var[str], newer: rx.Var[str], *, titles: tuple[Any, Any], **props: Any) -> rx.Component:
    """Return both texts with what differs; `titles` name the older and the newer."""
    words = {
        "theirs": titles[0],
        "mine": titles[1],
        "same": t("readme_history.same"),
        "lost": t("readme_text.lost"),
        "folded": t("text_diff.folded"),
    }
    return ReadmeCompare.create(older=older, newer=newer, words=words, data_testid="readme-compare", **props)
