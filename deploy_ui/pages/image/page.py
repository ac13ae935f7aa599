"""The frame of an image's card: where it is, its name and status, what can be done, the tabs."""

import reflex as rx

from deploy_ui.components.amounts import duration, elapsed
from deploy_ui.components.buttons import button, button_link, icon_button
from deploy_ui.components.layout import callout, skeleton
from deploy_ui.components.links import link
from deploy_ui.components.menus import menu, menu_item
from deploy_ui.components.status import image_status
from deploy_ui.i18n.ui import t
from deploy_ui.pages.image.info import info
from deploy_ui.pages.image.logs import logs
from deploy_ui.pages.image_actions import delete_question
from deploy_ui.pages.shell import crumbs, shell
from deploy_ui.states.image.card import ImageState
from deploy_ui.states.image_actions import ImageActions
from deploy_ui.states.session import SessionState

TABS = (("info", info), ("logs", logs))
"""Every tab: its name in the address, and what it shows."""
TITLE = rx.cond(ImageState.card, ImageState.card.name, t("nav.images"))


def image() -> rx.Component:
    """Return the page."""
    return shell(
        rx.cond(ImageState.problem != "", _missing(), rx.fragment(_head(), _tabs(), _content())),
        delete_question(),
        section="images",
    )


def _missing() -> rx.Component:
    return rx.el.section(
        callout(ImageState.problem, " ", link(t("image.back"), to="/images", class_name="link"), kind="error"),
        class_name="content",
        data_testid="card-missing",
    )


def _head() -> rx.Component:
    return rx.el.header(
        crumbs((t("nav.images"), "/images"), here=rx.State.image_id),
        rx.el.div(
            rx.cond(ImageState.card, _title(), skeleton(width="240px", height="20px")),
            class_name="titleline",
        ),
        class_name="page__head",
    )


def _title() -> rx.Component:
    card = ImageState.card
    return rx.fragment(
        rx.el.h1(card.name, class_name="title ellipsis", title=card.name, data_testid="title"),
        rx.el.div(image_status(card.status), _time(), class_name="titleline__facts"),
        rx.el.div(rx.cond(SessionState.may_edit & ~card.deleted, _actions()), class_name="titleline__actions"),
    )


def _time() -> rx.Component:
    """Say how long the build took, or how long it has been going on."""
    card = ImageState.card
    dot = rx.el.span("·", class_name="sep muted")
    return rx.match(
        card.status.to(str),
        (
            "ready",
            rx.fragment(dot, rx.el.span(t("image.built_in", time=duration(ImageState.took_s)), class_name="num")),
        ),
        ("building", rx.cond(card.started_at, rx.fragment(dot, elapsed(card.started_at, class_name="num")))),
        rx.fragment(),
    )


def _actions() -> rx.Component:
    card = ImageState.card
    return rx.fragment(
        rx.cond(ImageState.unfinished, _cancel()),
        rx.cond(ImageState.may_again, _again()),
        rx.cond(
            ImageState.may_deploy,
            button_link(
                t("image.deploy"),
                f"/deployments/new?image={card.name}",
                look="primary",
                icon_name="rocket",
                data_testid="deploy",
            ),
        ),
        menu(
            icon_button("ellipsis", t("common.actions_for", name=card.name), outline=True, data_testid="card-menu"),
            menu_item(
                t("image.delete"),
                icon_name="trash-2",
                on_select=ImageActions.ask_delete(card.id),
                danger=True,
                data_testid="delete",
            ),
        ),
    )


def _cancel() -> rx.Component:
    cancel = ImageActions.cancel(ImageState.card.id)
    return button(t("image.cancel"), icon_name="circle-stop", on_click=cancel, data_testid="cancel-build")


def _again() -> rx.Component:
    rebuild = ImageActions.rebuild(ImageState.card.id)
    return button(t("image.rebuild"), icon_name="refresh-cw", on_click=rebuild, data_testid="rebuild")


def _tabs() -> rx.Component:
    return rx.el.nav(*(_tab(name) for name, _ in TABS), class_name="tabs", role="tablist")


def _tab(name: str) -> rx.Component:
    return link(
        t(f"image.tab.{name}"),
        to=f"/images/{rx.State.image_id}/{name}",
        class_name="tab",
        role="tab",
        aria_selected=rx.cond(_open_tab() == name, "true", "false"),
        data_testid=f"tab-{name}",
    )


def _content() -> rx.Component:
    return rx.match(_open_tab(), *((name, view()) for name, view in TABS), _no_tab())


def _no_tab() -> rx.Component:
    return rx.el.section(callout(t("card.no_tab")), class_name="content")


def _open_tab() -> rx.Var[str]:
    return rx.cond(rx.State.tab, rx.State.tab, "info")
