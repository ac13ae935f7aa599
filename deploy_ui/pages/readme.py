"""The Readme tab, the same on the card of a deployment and of an image."""

from typing import Any

import reflex as rx

from deploy_ui.components.buttons import icon_button
from deploy_ui.components.download import download
from deploy_ui.components.icons import icon
from deploy_ui.components.readme_editor import readme_editor
from deploy_ui.i18n.ui import t
from deploy_ui.pages.readme_history import readme_history
from deploy_ui.pages.readme_publishing import readme_publishing
from deploy_ui.states.readme import ReadmeState
from deploy_ui.states.session import SessionState


def readme(url: rx.Var[str], *, deleted: rx.Var[bool]) -> rx.Component:
    """Return the tab. `url` is the README's address in the API; that of what was deleted is only read."""
    may_edit = SessionState.may_edit & ~deleted
    editor = readme_editor(
        rx.cond(ReadmeState.newest > 0, _tools(url, may_edit)),
        url=url,
        may_edit=may_edit,
        person=SessionState.email,
        sample=ReadmeState.sample,
        reload=ReadmeState.restored,
        on_saved=ReadmeState.saved,
    )
    return rx.el.section(
        editor,
        readme_history(url, may_edit=may_edit),
        readme_publishing(deleted=deleted),
        class_name="content content--wide",
        data_testid="readme-tab",
    )


def _tools(url: rx.Var[str], may_edit: rx.Var[bool]) -> rx.Component:
    """Return what can be done with a README that is there; a link can be revoked when its owner is deleted already."""
    published = ~ReadmeState.published_at.is_none()
    return rx.fragment(
        icon_button(
            "history", t("readme_history.title"), on_click=ReadmeState.open_history, data_testid="readme-history"
        ),
        rx.cond(may_edit | published, _publish(published)),
        download(
            icon("file-down"),
            href=url + "/export",
            class_name="iconbtn",
            title=t("readme_tools.export"),
            aria_label=t("readme_tools.export"),
            data_testid="readme-export",
        ),
    )


def _publish(published: rx.Var[bool]) -> rx.Component:
    label = rx.cond(published, t("readme_publish.is_published"), t("readme_publish.title"))
    looks: dict[str, Any] = {"aria_label": label, "title": label, "data_testid": "readme-publish"}
    return rx.el.button(
        icon("globe"),
        type="button",
        class_name=rx.cond(published, "iconbtn iconbtn--on", "iconbtn"),
        on_click=ReadmeState.open_publishing,
        **looks,
    )
