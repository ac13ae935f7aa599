"""The link under which strangers read a README: made, copied, revoked."""

import reflex as rx

from deploy_ui.components.buttons import button
from deploy_ui.components.copy import copy_button
from deploy_ui.components.dialogs import dialog
from deploy_ui.components.layout import callout
from deploy_ui.components.links import outside_link
from deploy_ui.components.when import when
from deploy_ui.i18n.ui import t
from deploy_ui.states.readme import ReadmeState


def readme_publishing(*, deleted: rx.Var[bool]) -> rx.Component:
    """Return the dialog."""
    published = ~ReadmeState.published_at.is_none()
    return dialog(
        rx.cond(published, t("readme_publish.is_published"), t("readme_publish.title")),
        rx.cond(published, _link(deleted)),
        words=rx.cond(published, t("readme_publish.who_reads"), t("readme_publish.what_happens")),
        is_open=ReadmeState.dialog,
        on_close=ReadmeState.close,
        actions=[
            rx.cond(published, _revoke()),
            rx.cond(published, button(t("common.close"), on_click=ReadmeState.close)),
            rx.cond(published, rx.fragment(), button(t("common.cancel"), on_click=ReadmeState.close)),
            rx.cond(published | deleted, rx.fragment(), _publish()),
        ],
        data_testid="publish-dialog",
    )


def _publish() -> rx.Component:
    return button(
        t("readme_publish.verb"),
        look="primary",
        icon_name="globe",
        on_click=ReadmeState.publish,
        data_testid="publish",
    )


def _revoke() -> rx.Component:
    return button(t("readme_publish.revoke"), look="danger", on_click=ReadmeState.revoke, data_testid="revoke-link")


def _link(deleted: rx.Var[bool]) -> rx.Component:
    shown = rx.el.div(
        rx.el.code(ReadmeState.link, class_name="secret__value", data_testid="published-link"),
        copy_button(ReadmeState.link, primary=True, data_testid="copy-link"),
        class_name="secret__row",
    )
    return rx.el.div(
        rx.cond(
            ReadmeState.link != "",
            rx.fragment(shown, rx.el.div(outside_link(t("readme_publish.look"), ReadmeState.link), class_name="small")),
            callout(t("readme_publish.unreadable"), kind="warning"),
        ),
        rx.el.p(
            t("readme_publish.by", name=ReadmeState.published_by),
            " · ",
            when(ReadmeState.published_at),
            class_name="small muted",
        ),
        rx.cond(deleted, callout(t("readme_publish.deleted"))),
        class_name="stack publish",
    )
