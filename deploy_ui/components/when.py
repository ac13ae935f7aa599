"""Moments as people say them."""

import reflex as rx

from deploy_ui.components.scripts import script
from deploy_ui.i18n.ui import LanguageState, t


class When(rx.Component):
    """A moment: relative and ticking, on the clock, or exact; the whole of it is always in the tooltip."""

    library = script("when.js")
    tag = "When"

    at: rx.Var[str]
    language: rx.Var[str]
    now: rx.Var[str]
    never: rx.Var[str]
    look: rx.Var[str]
    """`ago`, `clock`, `exact` or `full`."""


def when(at: object, *, exact: bool = False, clock: bool = False, full: bool = False, **props: object) -> rx.Component:
    """Return the time of an aware datetime, relative unless asked otherwise; None reads as a dash.

    `full` is exact to the second.
    """
    return When.create(
        at=rx.Var.create(at).to(str),
        language=LanguageState.language,
        now=t("common.now"),
        never=t("common.never"),
        look="full" if full else "exact" if exact else "clock" if clock else "ago",
        **props,
    )
