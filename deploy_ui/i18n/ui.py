"""Texts on the pages: both languages are in the page, the browser's choice shows one."""

import functools
import operator
import re

import reflex as rx

from deploy_ui.i18n.catalog import DEFAULT, LANGUAGES, text

PLURAL = {
    "en": "((n) => n === 1 ? 'one' : 'many')",
    "ru": "((n) => n % 10 === 1 && n % 100 !== 11 ? 'one'"
    " : [2, 3, 4].includes(n % 10) && ![12, 13, 14].includes(n % 100) ? 'few' : 'many')",
}
"""`catalog.plural` for the browser."""


class LanguageState(rx.State):
    """The reader's language: the choice kept in the browser, else what the browser prefers."""

    choice: str = rx.LocalStorage("", name="language", sync=True)

    @rx.var
    def language(self) -> str:
        """One of `LANGUAGES`."""
        if self.choice in LANGUAGES:
            return self.choice
        preferred = self.router.headers.accept_language.lower()[:2]
        return preferred if preferred in LANGUAGES else DEFAULT

    @rx.event
    def choose(self, language: str) -> None:
        """Keep a choice in the browser; anything but a known language is passed over."""
        if language in LANGUAGES:
            self.choice = language


async def language_of(state: rx.State) -> str:
    """Return the reader's language; inside a background handler only under its lock."""
    return (await state.get_state(LanguageState)).language


def t(key: str, **facts: object) -> rx.Var[str]:
    """Return the text for `key` in the reader's language. A fact may be a Var."""
    return rx.cond(LanguageState.language == "ru", _filled("ru", key, facts), _filled("en", key, facts))


def t_count(key: str, count: rx.Var[int] | int, **facts: object) -> rx.Var[str]:
    """Return the form of the text that fits a number; `{count}` is the number."""
    facts["count"] = count
    number = rx.Var.create(count)
    return rx.cond(
        LanguageState.language == "ru",
        rx.match(
            _form(number, "ru"),
            *((f, _filled("ru", f"{key}.{f}", facts)) for f in ("one", "few")),
            _filled("ru", f"{key}.many", facts),
        ),
        rx.match(_form(number, "en"), ("one", _filled("en", f"{key}.one", facts)), _filled("en", f"{key}.many", facts)),
    )


def _form(number: rx.Var[int], language: str) -> rx.Var[str]:
    return rx.Var(f"{PLURAL[language]}({number!s})", _var_type=str, _var_data=number._get_all_var_data())  # noqa: SLF001 - Reflex offers no other way


def _filled(language: str, key: str, facts: dict[str, object]) -> rx.Var[str]:
    pieces: list[rx.Var[str]] = []
    for index, part in enumerate(re.split(r"\{([a-z_]+)\}", text(language, key))):
        if index % 2 and part not in facts:
            message = f"the text {key!r} needs the fact {part!r}"
            raise KeyError(message)
        if part:
            pieces.append(rx.Var.create(facts[part] if index % 2 else part).to(str))
    return functools.reduce(operator.add, pieces)
