"""The frame that every card has in common: where it is, its name and status, what can be done, the tabs."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

import reflex as rx

from deploy_ui.components.layout import callout, skeleton
from deploy_ui.components.links import link
from deploy_ui.i18n.ui import t
from deploy_ui.pages.shell import crumbs, shell

Tabs = Sequence[tuple[str, Callable[[], rx.Component]]]
"""Every tab: its name in the address, and what it shows; a bare address shows the first."""


@dataclass(frozen=True)
class CardView:
    """How one kind of card looks."""

    section: str
    """`deployments` or `images`: the address and name of the list it is in."""
    texts: str
    """The table of the tabs' texts."""
    here: rx.Var[str]
    """What the address calls it."""
    card: rx.Var[Any]
    loaded: rx.Var[Any]
    """Whether the card is there, and that of the address."""
    problem: rx.Var[str]
    """Why there is none."""
    facts: Sequence[rx.Component]
    """What stands beside its name."""
    actions: rx.Component
    tabs: Tabs
    content: rx.Component
    """What stands under the tabs."""
    back: str = "not_found.back"
    """The text of the link to the list."""
    gone: rx.Var[bool] | bool = False
    """Whether only the tabs `kept` are left."""
    kept: Collection[str] = ()


def card_page(view: CardView, *more: rx.Component) -> rx.Component:
    """Return the page of a card."""
    framed = rx.fragment(_head(view), _tabs(view), view.content)
    return shell(rx.cond(view.problem != "", _missing(view), framed), *more, section=view.section)


def tab_content(tabs: Tabs) -> rx.Component:
    """Return what the open tab shows."""
    none = rx.el.section(callout(t("card.no_tab")), class_name="content")
    return rx.match(open_tab(tabs), *((name, view()) for name, view in tabs), none)


def open_tab(tabs: Tabs) -> rx.Var[str]:
    """Return the name of the open tab."""
    return rx.cond(rx.State.tab, rx.State.tab, tabs[0][0])


def _missing(view: CardView) -> rx.Component:
    back = link(t(view.back), to=f"/{view.section}", class_name="link")
    return rx.el.section(
        callout(view.problem, " ", back, kind="error"), class_name="content", data_testid="card-missing"
    )


def _head(view: CardView) -> rx.Component:
    return rx.el.header(
        crumbs((t(f"nav.{view.section}"), f"/{view.section}"), here=view.here),
        rx.el.div(
            rx.cond(view.loaded, _title(view), skeleton(width="240px", height="20px")),
            class_name="titleline",
        ),
        class_name="page__head",
    )


def _title(view: CardView) -> rx.Component:
    name = view.card.name
    return rx.fragment(
        rx.el.h1(name, class_name="title ellipsis", title=name, data_testid="title"),
        rx.el.div(*view.facts, class_name="titleline__facts"),
        rx.el.div(view.actions, class_name="titleline__actions"),
    )


def _tabs(view: CardView) -> rx.Component:
    tabs = [(name, _tab(view, name)) for name, _ in view.tabs]
    shown = [tab if name in view.kept else rx.cond(view.gone, rx.fragment(), tab) for name, tab in tabs]
    return rx.el.nav(*shown, class_name="tabs", role="tablist")


def _tab(view: CardView, name: str) -> rx.Component:
    return link(
        t(f"{view.texts}.{name}"),
        to=f"/{view.section}/{view.here}/{name}",
        class_name="tab",
        role="tab",
        aria_selected=rx.cond(open_tab(view.tabs) == name, "true", "false"),
        data_testid=f"tab-{name}",
    )
