"""The questions before an image is deleted, and before a new one is made of its files."""

import reflex as rx

from deploy_ui.components.buttons import button
from deploy_ui.components.dialogs import confirm, dialog
from deploy_ui.components.forms import form_row, plain_form, text_field
from deploy_ui.components.layout import callout
from deploy_ui.components.links import text_link
from deploy_ui.i18n.ui import t
from deploy_ui.pages.image.usage import lost_line
from deploy_ui.services.image_usage import UsageRow
from deploy_ui.states.image_actions import ImageActions


def delete_question() -> rx.Component:
    """Return the dialog; if the image is in use it says by whom instead of asking."""
    title = t("image.delete_title", name=ImageActions.asked_name)
    lost = callout(
        t("usage.costs"),
        rx.el.ul(rx.foreach(ImageActions.lost, lost_line), class_name="bulleted"),
        kind="warning",
        data_testid="lost",
    )
    return rx.fragment(
        confirm(
            title,
            t("image.delete_words"),
            rx.cond(ImageActions.lost.length() > 0, rx.el.div(lost, class_name="dialog__note")),
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
    older = rx.cond(each.wanted, rx.fragment(), rx.el.span(" ", t("image.older_runs"), class_name="muted"))
    name = text_link(each.name, f"/deployments/{each.slug}/general", on_click=ImageActions.keep)
    return rx.el.li(name, older, key=each.slug)


def build_again() -> rx.Component:
    """Return the dialog that asks how the new image of the same files is to be called."""
    wrong = ImageActions.anew_wrong
    name = text_field(
        "name",
        error=wrong,
        default_value=ImageActions.anew_name,
        max_length=63,
        auto_complete="off",
        auto_focus=True,
        spell_check=False,
    )
    form = plain_form(
        form_row("name", t("field.name"), name, error=wrong, help_text=t("image.anew_help")),
        rx.el.div(
            button(t("common.cancel"), on_click=ImageActions.keep),
            rx.el.button(
                rx.cond(ImageActions.copying, t("image.anew_copying"), t("image.anew_verb")),
                type="submit",
                disabled=ImageActions.copying,
                class_name="btn btn--primary",
                data_testid="build-anew",
            ),
            class_name="dialog__foot",
        ),
        on_submit=ImageActions.build_anew,
        no_validate=True,
        class_name="form",
    )
    return dialog(
        t("image.anew_title", name=ImageActions.anew_from),
        form,
        words=t("image.anew_words"),
        is_open=ImageActions.anew_id != "",
        on_close=ImageActions.keep,
        data_testid="anew-dialog",
    )
