"""What we change in the pages that Reflex builds."""

import re
from pathlib import Path
from typing import Any

import reflex as rx

FONTS = ("@fontsource-variable/inter", "@fontsource-variable/jetbrains-mono")
"""Served by us, with Cyrillic; the browser fetches only the alphabets that a page uses."""
BAKED_ADDRESS = re.compile(r"`(ws|http)s?://localhost:\d+(/[^`]*)`")


class Fonts(rx.plugins.Plugin):
    """Brings the typefaces out of npm into the bundle."""

    def get_frontend_dependencies(self, **_context: Any) -> list[str]:
        """Name the packages."""
        return list(FONTS)

    def get_stylesheet_paths(self, **_context: Any) -> list[str]:
        """Name the stylesheet of each."""
        return [f"{font}/index.css" for font in FONTS]


class SameOrigin(rx.plugins.Plugin):
    """Lets the built pages talk to whatever address served them.

    Reflex bakes the port known at build time into the pages; behind another port or a proxy they would talk to nobody.
    """

    def post_build(self, **context: Any) -> None:
        """Patch the chunk that holds the addresses; fail loudly if a new Reflex moved it."""
        chunks = list(Path(context["static_dir"]).rglob("reflex-env-*.js"))
        changed = sum(_patch(chunk) for chunk in chunks)
        if not changed:
            message = "the chunk with the backend's address was not found: the build's layout changed"
            raise RuntimeError(message)


def _patch(chunk: Path) -> bool:
    before = chunk.read_text()
    after = BAKED_ADDRESS.sub(_own_address, before)
    chunk.write_text(after)
    return after != before


def _own_address(found: re.Match[str]) -> str:
    scheme, path = found[1], found[2]
    return (
        f"`${{globalThis.location?(location.protocol===`https:`?`{scheme}s`:`{scheme}`)"
        f"+`://`+location.host:`{scheme}://localhost`}}{path}`"
    )
