"""A README as people read it: GitHub Flavored Markdown, sanitised, built in the browser beside the page."""

from typing import Any

import reflex as rx

from deploy_ui.components.scripts import script
from deploy_ui.i18n.ui import t

ALERTS = ("note", "tip", "important", "warning", "caution")
WORDS = (*ALERTS, "footnotes", "back", "copy", "copied", "diagram", "stuck", "lost", "again")
SCRIPTS = (
    *(
        "copy.js",
        "readme_worker.js",
        "readme_entities.js",
        "readme_pipeline.js",
        "readme_chunks.js",
        "readme_groups.js",
        "readme_html.js",
    ),
    *("readme_schema.js", "readme_links.js", "readme_dress.js", "readme_steps.js", "readme_math.js"),
    *("readme_writer.js", "readme_draw.js", "readme_highlight.js", "readme_katex.js", "readme_diagram.js"),
)
PACKAGES = [
    "mdast-util-from-markdown@2.1.0",
    "character-entities@2.0.2",
    "micromark-extension-gfm@3.0.0",
    "mdast-util-gfm@3.1.0",
    "micromark-extension-math@3.1.0",
    "mdast-util-math@3.0.0",
    "mdast-util-to-hast@13.2.2",
    "hast-util-raw@9.2.0",
    "hast-util-sanitize@5.0.2",
    "property-information@7.2.0",
    "github-slugger@2.0.0",
    "lowlight@3.3.0",
    "katex@0.19.1",
    "mermaid@12.3.0",
]

for _script in SCRIPTS:
    script(_script)  # what readme_view.js imports lies beside it


class ReadmeView(rx.NoSSRComponent):
    """Renders `source`, or the text that `url` answers; children stand where the README is empty."""

    library = script("readme_view.js")
    tag = "ReadmeView"
    lib_dependencies: list[str] = PACKAGES

    source: rx.Var[str]
    url: rx.Var[str]
    """Answers JSON with the `text`."""
    files: rx.Var[str]
    """What `files/…` in the text is resolved against; ends in a slash."""
    words: rx.Var[dict[str, str]]
    reload: rx.Var[int]
    """Reads `url` again when it changes."""


def readme_view(*empty: rx.Component, **props: Any) -> rx.Component:
    """Return a README, safe to show whoever wrote it; `empty` stands where there is none."""
    return ReadmeView.create(*empty, words=words(), data_testid="readme", **props)


def words() -> dict[str, rx.Var[str]]:
    """Return what the rendering says by itself."""
    return {word: t(f"readme_text.{word}") for word in WORDS}
