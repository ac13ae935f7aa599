"""What every page of the console stands in: the rail, the person, notices, the connection bar."""

from typing import Any

import reflex as rx
from reflex.style import color_mode, set_color_mode

from deploy_ui.components.connection import connection_bar
from deploy_ui.components.forms import LeaveButton
from deploy_ui.components.icons import icon, mark
from deploy_ui.components.language import page_language
from deploy_ui.components.links import link
from deploy_ui.components.menus import menu, menu_choice, menu_head, menu_line
from deploy_ui.components.notices import notices
from deploy_ui.i18n.ui import LanguageState, t
from deploy_ui.states.notices import NoticeState
from deploy_ui.states.rail import RailState
from deploy_ui.states.session import SessionState

SECTIONS = (
    ("deployments", "/deployments", "rocket", RailState.deployments),
    ("images", "/images", "package", RailState.images),
)


def shell(*content: Any, section: str) -> rx.Component:
    """Return a page of the console; nothing but its frame is shown until somebody is known to be signed in."""
    return around(
        rx.cond(
            SessionState.known,
            rx.el.div(
                _rail(section),
                _topbar(section),
                rx.el.main(*content, class_name="page"),
                class_name="app",
            ),
            rx.el.div(rx.el.div(class_name="rail"), rx.el.main(class_name="page"), class_name="app", aria_busy=True),
        )
    )


def around(*content: Any) -> rx.Component:
    """Return what every page has, signed in or not."""
    return rx.fragment(
        page_language(),
        connection_bar(),
        *content,
        notices(
            number=NoticeState.number,
            kind=NoticeState.kind,
            words=NoticeState.words,
            close_label=t("common.close"),
        ),
    )


def list_head(title: rx.Var[str], *facts: Any, action: rx.Component | None = None) -> rx.Component:
    """Return the head of a list's page."""
    return rx.el.header(
        rx.el.div(
            rx.el.h1(title, class_name="title"),
            rx.el.div(*facts, class_name="titleline__facts num"),
            rx.el.div(action or rx.fragment(), class_name="titleline__actions"),
            class_name="titleline",
        ),
        class_name="page__head page__head--list",
    )


def crumbs(*steps: tuple[rx.Var[str] | str, str], here: rx.Var[str] | str) -> rx.Component:
    """Return where this page is: links to what is above it, and its own short name."""
    trail = [part for label, to in steps for part in (link(label, to=to), rx.el.span("/", class_name="sep"))]
    return rx.el.nav(
        *trail, rx.el.span(here, class_name="mono ellipsis"), class_name="crumbs", aria_label=t("nav.path")
    )


def _rail(section: str) -> rx.Component:
    return rx.el.nav(
        link(mark(), rx.el.span(t("product.name")), to="/deployments", class_name="rail__mark"),
        *(_rail_item(*each, current=each[0] == section) for each in SECTIONS),
        rx.el.div(
            rx.el.a(
                icon("braces"), rx.el.span(t("nav.api")), href="/api/docs", class_name="rail__item", title=t("nav.api")
            ),
            rx.el.hr(),
            _person_menu(_person()),
            class_name="rail__foot",
        ),
        class_name="rail",
        aria_label=t("nav.menu"),
    )


def _rail_item(name: str, to: str, icon_name: str, count: rx.Var[int], *, current: bool) -> rx.Component:
    return link(
        icon(icon_name),
        rx.el.span(t(f"nav.{name}")),
        rx.cond(count > 0, rx.el.span(count, class_name="count")),
        to=to,
        class_name="rail__item",
        title=t(f"nav.{name}"),
        data_testid=f"nav-{name}",
        **({"aria_current": "page"} if current else {}),
    )


def _topbar(section: str) -> rx.Component:
    opener = rx.el.button(
        icon("menu", large=True), type="button", class_name="iconbtn", aria_label=t("nav.menu"), data_testid="drawer"
    )
    avatar = rx.el.button(SessionState.initials, type="button", class_name="avatar", aria_label=t("person.menu"))
    return rx.el.header(
        rx.dialog.root(
            rx.dialog.trigger(opener),
            rx.dialog.content(
                rx.dialog.title(t("nav.menu"), class_name="unseen"),
                rx.el.nav(
                    link(mark(), rx.el.span(t("product.name")), to="/deployments", class_name="rail__mark"),
                    *(rx.dialog.close(_rail_item(*each, current=each[0] == section)) for each in SECTIONS),
                    rx.el.div(
                        rx.el.a(icon("braces"), rx.el.span(t("nav.api")), href="/api/docs", class_name="rail__item"),
                        class_name="rail__foot",
                    ),
                    class_name="rail",
                ),
                class_name="drawer",
                aria_describedby="",
            ),
        ),
        mark(),
        rx.el.span(t("product.name"), class_name="grow"),
        _person_menu(avatar),
        class_name="topbar",
    )


def _person() -> rx.Component:
    return rx.el.button(
        rx.el.span(SessionState.initials, class_name="avatar"),
        rx.el.span(SessionState.name, class_name="grow small strong ellipsis"),
        icon("chevrons-up-down", small=True),
        type="button",
        class_name="person",
        aria_label=t("person.menu"),
        data_testid="person",
    )


def _person_menu(trigger: rx.Component) -> rx.Component:
    return menu(
        trigger,
        rx.el.div(
            rx.el.div(SessionState.email, class_name="ellipsis"),
            rx.el.div(
                rx.match(SessionState.role, *((role, t(f"role.{role}")) for role in ("viewer", "editor", "admin")), "")
            ),
            class_name="menu__head",
        ),
        menu_line(),
        *preferences(),
        menu_line(),
        LeaveButton.create(
            icon("log-out"),
            rx.el.span(t("session.sign_out"), class_name="menu__label"),
            action="/api/session",
            then="/sign-in",
            class_name="menu__item menu__button",
            data_testid="sign-out",
        ),
        end=False,
    )


def preferences() -> list[rx.Component]:
    """Return the choices of language and theme."""
    languages = [("en", t("person.english")), ("ru", t("person.russian"))]
    themes = [(each, t(f"person.{each}")) for each in ("light", "dark", "system")]
    return [
        menu_head(t("person.language")),
        *(
            menu_choice(
                name,
                chosen=LanguageState.language == code,
                on_select=LanguageState.choose(code),
                data_testid=f"language-{code}",
            )
            for code, name in languages
        ),
        menu_line(),
        menu_head(t("person.theme")),
        *(
            menu_choice(name, chosen=color_mode == mode, on_select=set_color_mode(mode), data_testid=f"theme-{mode}")
            for mode, name in themes
        ),
    ]
