"""The question before an image is deleted."""

import reflex as rx

from deploy_ui.components.buttons import button
from deploy_ui.components.dialogs import confirm, dialog
from deploy_ui.components.links import text_link
from deploy_ui.i18n.ui import t
from deploy_ui.services.image_usage import UsageRow
from deploy_ui.states.image_actions import ImageActions


def delete_question() -> rx.Component:
    """Return the dialog; if the image is in use it says by whom instead of asking."""
    title = t("image.delete_title", name=ImageActions.asked_name)
    return rx.fragment(
        confirm(
            title,
            t("image.delete_words"),
            is_open=ImageActions.may_delete,
            on_close=ImageActions.keep,
            on_confirm=ImageActions.delete,
            verb=t("image.delete_verb"),
            data_testid="delete-image",
        ),
        dialog(
            title,
            rx.el.ul(rx.foreach(ImageActions.users, _user), class_name="bulleted"),
            words=t("image.in_use"),
            is_open=ImageActions.barred,
            on_close=ImageActions.keep,
            actions=[button(t("common.close"), on_click=ImageActions.keep)],
            data_testid="image-in-use",
        ),
    )


def _user(each: UsageRow) -> rx.Component:
    return rx.el.li(text_link(each.name, f"/deployments/{each.slug}/general", on_click=ImageActions.keep))
