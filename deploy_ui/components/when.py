"""Moments as people say them."""

import reflex as rx

from deploy_ui.components.scripts import script
from deploy_ui.i18n.ui import LanguageState, t


class When(rx.Component):
    """A moment, relative and ticking, or exact; the exact time is always in the tooltip."""

    library = script("when.js")
    tag = "When"

    at: rx.Var[str]
    language: rx.Var[str]
    now: rx.Var[str]
    never: rx.Var[str]
    exact: rx.Var[bool]


def when(at: object, *, exact: bool = False, **props: object) -> rx.Component:
    """Return the time of an aware datetime; None reads as a dash."""
    return When.create(
        at=rx.Var.create(at).to(str),
        language=LanguageState.language,
        now=t("common.now"),
        never=t("common.never"),
        exact=exact,
        **props,
    )
