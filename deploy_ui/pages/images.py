"""The list of images."""

import reflex as rx

from deploy_ui.components.amounts import duration
from deploy_ui.components.buttons import button_link
from deploy_ui.components.layout import callout, empty_state
from deploy_ui.components.links import link
from deploy_ui.components.status import image_status, word
from deploy_ui.components.tables import Column, row
from deploy_ui.components.when import when
from deploy_ui.enums import ImageKind, ImageStatus
from deploy_ui.i18n.ui import t
from deploy_ui.pages.listing import ListView, list_page
from deploy_ui.services.image_cards import ImageRow
from deploy_ui.states.images import ImagesState
from deploy_ui.states.session import SessionState

COLUMNS = (
    Column(t("images.name"), area="name"),
    Column(t("images.status"), width="208px", area="status"),
    Column(t("images.kind"), width="168px", area="fact"),
    Column(t("images.used_by"), width="128px", right=True, area="fact"),
    Column(t("images.created"), width="136px", right=True, area="fact"),
    Column(t("images.author"), width="184px", area="fact"),
)


def images() -> rx.Component:
    """Return the page."""
    return list_page(ListView("images", ImagesState, COLUMNS, _row, _status_word, _empty, ImagesState.total > 0))


def _status_word(status: rx.Var[str]) -> rx.Var[str]:
    return word(ImageStatus, "image_status", status)


def _row(each: ImageRow) -> rx.Component:
    return row(
        COLUMNS,
        [
            link(each.name, to=f"/images/{each.id}/info", title=each.name, class_name="rowlink ellipsis"),
            _status(each),
            word(ImageKind, "image_kind", each.kind),
            each.deployments,
            when(each.created_at),
            rx.el.span(each.created_by, title=each.created_by),
        ],
        key=each.id,
        data_testid="image",
        data_id=each.id,
    )


def _status(each: ImageRow) -> rx.Component:
    built = (each.status == "ready") & (each.build_s.to(float) > 0)
    took = rx.el.span(t("image.built_in", time=duration(each.build_s.to(float))), class_name="muted num")
    return rx.el.span(
        image_status(each.status),
        rx.cond(built, rx.fragment(rx.el.span("·", class_name="muted"), took)),
        class_name="statusline",
    )


def _empty() -> rx.Component:
    verb = rx.el.div(
        button_link(t("images.create"), "/images/new", look="primary", icon_name="plus", data_testid="create-images"),
        class_name="empty__actions",
    )
    return empty_state(
        "package",
        t("images.empty"),
        t("images.empty_words"),
        rx.cond(SessionState.may_edit, verb, callout(t("session.read_only"))),
        data_testid="no-images",
    )
