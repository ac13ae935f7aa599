"""Every method of a state without an underscore can be called by anybody who opens a socket."""

import re
from collections.abc import Iterator

import pytest
import reflex as rx
from reflex.state import BaseState

from deploy_ui.build_pages import ROOT
from deploy_ui.deploy_ui import app

FOR_EVERYBODY = {
    "LanguageState.choose",  # sets the tab's own language
    "NoticeState.unforeseen",  # shows a number in the tab itself
    "NewImageState.refused",  # shows a text in the tab itself
    "SessionState.start",  # redirects
    "SignInState.failed",  # shows a text in the tab itself
}
"""What works without a session. Think twice before you add to it."""


def _handlers(state: type[BaseState] = rx.State) -> Iterator[tuple[str, object]]:
    for child in state.get_substates():
        if child.__module__.startswith("deploy_ui."):
            yield from ((f"{child.__name__}.{name}", handler.fn) for name, handler in child.event_handlers.items())
        yield from _handlers(child)


def test_every_handler_asks_who_it_is() -> None:
    assert app is not None
    unguarded = {name for name, fn in _handlers() if not _asks(fn) and not name.endswith(".setvar")}
    assert unguarded - FOR_EVERYBODY == set()


def _asks(fn: object) -> bool:
    """Say whether a handler was given its viewer by `signed_in`, or asks for it itself, as background ones must."""
    if "viewer" in getattr(getattr(fn, "__wrapped__", None), "__annotations__", {}):
        return True
    code = getattr(fn, "__code__", None)
    return code is not None and bool({"live", "viewer_of"} & set(code.co_names))


@pytest.mark.parametrize(
    "name", ["rx.toast", "rx.call_script", "rx.call_function", "rx.upload", "rx.script", "rx.html("]
)
def test_nothing_is_used_that_needs_eval_or_opens_a_door(name: str) -> None:
    interface = [
        path for layer in ("pages", "states", "components") for path in (ROOT / "deploy_ui" / layer).rglob("*.py")
    ]
    assert interface
    code = {path: re.sub(r'""".*?"""', "", path.read_text(), flags=re.DOTALL) for path in interface}
    assert [path.name for path, text in code.items() if name in text] == []
