"""Sizes and durations in words of the reader's language."""

from typing import Any

import reflex as rx
from reflex.utils.imports import ImportVar
from reflex.vars import VarData

from deploy_ui.components.scripts import script
from deploy_ui.i18n.ui import LanguageState

LIBRARY = script("amounts.js")


class Elapsed(rx.Component):
    """How long something has been going on, ticking."""

    library = script("elapsed.js")
    tag = "Elapsed"

    since: rx.Var[str]
    language: rx.Var[str]


def elapsed(since: object, **props: object) -> rx.Component:
    """Return the time since an aware datetime."""
    return Elapsed.create(since=rx.Var.create(since).to(str), language=LanguageState.language, **props)


def size(count: rx.Var[int] | int) -> rx.Var[str]:
    """Return a number of bytes in words: `58.2 MB`."""
    return _words("sizeWords", count)


def duration(seconds: rx.Var[float] | float) -> rx.Var[str]:
    """Return a number of seconds in words: `31.4 s`."""
    return _words("durationWords", seconds)


def _words(function: str, number: Any) -> rx.Var[str]:
    value, language = rx.Var.create(number), LanguageState.language
    data = VarData.merge(
        value._get_all_var_data(),  # noqa: SLF001 - Reflex offers no other way
        language._get_all_var_data(),  # noqa: SLF001 - as above
        VarData(imports={LIBRARY: [ImportVar(tag=function)]}),
    )
    return rx.Var(f"{function}({value!s}, {language!s})", _var_type=str, _var_data=data)
