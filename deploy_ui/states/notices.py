"""Short notices in the corner of the page. Not `rx.toast`: it runs by `eval`, which our policy forbids."""

import reflex as rx

from deploy_ui.errors import AppError
from deploy_ui.i18n.catalog import counted, error_text, text
from deploy_ui.i18n.ui import language_of


class NoticeState(rx.State):
    """The newest notice; the browser shows it for a while and keeps those before it."""

    number: int = 0
    kind: str = "ok"
    """`ok` or `error`."""
    words: str = ""

    @rx.event
    async def unforeseen(self, log_id: str) -> None:
        """Say that something broke that we did not foresee; `log_id` finds it in the log."""
        self._show("error", text(await language_of(self), "error.unforeseen", id=log_id[:16]))

    def _show(self, kind: str, words: str) -> None:
        self.number += 1
        self.kind = kind
        self.words = words


async def say(state: rx.State, key: str, **facts: object) -> None:
    """Tell the reader that something worked. In a background handler only under its lock."""
    (await state.get_state(NoticeState))._show("ok", text(await language_of(state), key, **facts))  # noqa: SLF001


async def say_count(state: rx.State, key: str, count: int, **facts: object) -> None:
    """Tell the reader how many of something worked; under the lock as `say`."""
    (await state.get_state(NoticeState))._show("ok", counted(await language_of(state), key, count, **facts))  # noqa: SLF001


async def failure(state: rx.State, error: AppError) -> None:
    """Tell the reader what did not work. In a background handler only under its lock."""
    (await state.get_state(NoticeState))._show("error", await in_words(state, error))  # noqa: SLF001


async def trouble(state: rx.State, words: str) -> None:
    """Tell the reader what did not work, in words chosen already."""
    (await state.get_state(NoticeState))._show("error", words)  # noqa: SLF001


async def in_words(state: rx.State, error: AppError) -> str:
    """Return an expected failure in the reader's language."""
    return error_text(await language_of(state), error.code, error.facts)
