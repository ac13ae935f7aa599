"""The card of an image: its name and status, what can be done, the tabs."""

import reflex as rx

from deploy_ui.components.amounts import duration, elapsed
from deploy_ui.components.buttons import button, button_link, icon_button
from deploy_ui.components.menus import menu, menu_download, menu_item, menu_line
from deploy_ui.components.status import image_status
from deploy_ui.i18n.ui import t
from deploy_ui.pages.card import CardView, card_page, tab_content
from deploy_ui.pages.image.compare import compare
from deploy_ui.pages.image.info import info
from deploy_ui.pages.image.logs import logs
from deploy_ui.pages.image.usage import usage
from deploy_ui.pages.image_actions import build_again, delete_question
from deploy_ui.states.image.card import ImageState
from deploy_ui.states.image_actions import ImageActions
from deploy_ui.states.session import SessionState

TABS = (("info", info), ("usage", usage), ("logs", logs))
VIEWS = (*TABS, ("compare", compare))
"""What the address can name; the comparison is reached from the card and has no tab."""
TITLE = rx.cond(ImageState.card, ImageState.card.name, t("nav.images"))


def image() -> rx.Component:
    """Return the page."""
    card = ImageState.card
    view = CardView(
        section="images",
        texts="image.tab",
        here=rx.State.image_id,
        card=card,
        loaded=card,
        problem=ImageState.problem,
        facts=(image_status(card.status), _time()),
        actions=rx.cond(card.deleted, rx.fragment(), _actions()),
        tabs=TABS,
        content=tab_content(VIEWS),
        back="image.back",
    )
    return card_page(view, delete_question(), build_again())


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
    deploy = button_link(
        t("image.deploy"),
        f"/deployments/new?image={card.name}",
        look="primary",
        icon_name="rocket",
        data_testid="deploy",
    )
    return rx.fragment(
        rx.cond(
            SessionState.may_edit,
            rx.fragment(
                rx.cond(ImageState.unfinished, _cancel()),
                rx.cond(ImageState.may_again, _again()),
                rx.cond(ImageState.may_deploy & ~ImageState.unfinished, _anew()),
                rx.cond(ImageState.may_deploy, deploy),
            ),
        ),
        _menu(),
    )


def _menu() -> rx.Component:
    card = ImageState.card
    anew = menu_item(
        t("image.anew_menu"), icon_name="copy", on_select=ImageActions.ask_anew(card.id), data_testid="anew-menu"
    )
    delete = menu_item(
        t("image.delete"),
        icon_name="trash-2",
        on_select=ImageActions.ask_delete(card.id),
        danger=True,
        data_testid="delete",
    )
    return menu(
        icon_button("ellipsis", t("common.actions_for", name=card.name), outline=True, data_testid="card-menu"),
        menu_item(
            t("image.compare_menu"),
            icon_name="git-compare",
            on_select=rx.redirect(f"/images/{card.id}/compare"),
            data_testid="compare-menu",
        ),
        menu_download(t("image.download_files"), f"/api/v1/images/{card.id}/archive", icon_name="download"),
        rx.cond(
            SessionState.may_edit,
            rx.fragment(rx.cond(ImageState.may_again, anew), menu_line(), delete),
        ),
    )


def _cancel() -> rx.Component:
    cancel = ImageActions.cancel(ImageState.card.id)
    return button(t("image.cancel"), icon_name="circle-stop", on_click=cancel, data_testid="cancel-build")


def _again() -> rx.Component:
    rebuild = ImageActions.rebuild(ImageState.card.id)
    return button(t("image.rebuild"), icon_name="refresh-cw", on_click=rebuild, data_testid="rebuild")


def _anew() -> rx.Component:
    ask = ImageActions.ask_anew(ImageState.card.id)
    return button(t("image.rebuild"), icon_name="refresh-cw", on_click=ask, data_testid="anew")
