"""Sizes, durations and numbers in words of the reader's language."""

from typing import Any

import reflex as rx
from reflex.utils.imports import ImportVar
from reflex.vars import VarData

from deploy_ui.components.scripts import script
from deploy_ui.i18n.ui import LanguageState, t

GIB = 1024
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


def latency(milliseconds: rx.Var[int]) -> rx.Var[str]:
    """Return how long an answer took: `38 ms`, `30 s`."""
    return _words("latencyWords", milliseconds)


def decimal(number: rx.Var[Any]) -> rx.Var[str]:
    """Return a number with at most two digits behind the point, or the comma."""
    return _words("decimalWords", number)


def memory(mib: rx.Var[Any]) -> rx.Var[str]:
    """Return a limit of memory: in GiB where that is a whole number, else in MiB."""
    return rx.cond(mib % GIB == 0, t("unit.gib", number=decimal(mib / GIB)), t("unit.mib", number=decimal(mib)))


def used_memory(mib: rx.Var[Any]) -> rx.Var[str]:
    """Return a measured amount of memory: from a GiB on in GiB."""
    return rx.cond(mib >= GIB, t("unit.gib", number=decimal(mib / GIB)), t("unit.mib", number=decimal(mib)))


def _words(function: str, number: Any) -> rx.Var[str]:
    value, language = rx.Var.create(number), LanguageState.language
    data = VarData.merge(
        value._get_all_var_data(),  # noqa: SLF001 - Reflex offers no other way
        language._get_all_var_data(),  # noqa: SLF001 - as above
        VarData(imports={LIBRARY: [ImportVar(tag=function)]}),
    )
    return rx.Var(f"{function}({value!s}, {language!s})", _var_type=str, _var_data=data)
