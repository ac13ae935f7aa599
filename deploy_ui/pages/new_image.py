"""The form of a new image."""

import reflex as rx

from deploy_ui.components.layout import callout, event, panel, timeline
from deploy_ui.components.upload_form import CancelButton, UploadButton, UploadForm
from deploy_ui.i18n.ui import t, t_count
from deploy_ui.pages import new_image_fields as fields
from deploy_ui.pages.shell import crumbs, shell
from deploy_ui.states.new_image import ANYWHERE, NewImageState
from deploy_ui.states.session import SessionState

STEPS = ("check", "install", "import", "ready")


def new_image() -> rx.Component:
    """Return the page."""
    return shell(
        rx.el.header(
            crumbs((t("nav.images"), "/images"), here=t("new_image.crumb")),
            rx.el.div(rx.el.h1(t("new_image.title"), class_name="title"), class_name="titleline"),
            class_name="page__head page__head--form",
        ),
        rx.el.section(
            rx.cond(
                SessionState.may_edit,
                rx.el.div(_form(), rx.el.aside(_next(), class_name="aside--stays"), class_name="split split--form"),
                callout(t("session.read_only")),
            ),
            class_name="content content--form",
        ),
        section="images",
    )


def _form() -> rx.Component:
    return UploadForm.create(
        fields.name(),
        fields.kinds(),
        fields.command(),
        fields.script(),
        fields.requirements(),
        fields.files(),
        fields.advanced(),
        rx.cond(fields.wrong(ANYWHERE) != "", callout(fields.wrong(ANYWHERE), kind="error", data_testid="error-form")),
        rx.el.div(
            UploadButton.create(
                t("new_image.submit"),
                busy_label=t("new_image.uploading"),
                checking_label=t("new_image.creating"),
                class_name="btn btn--primary",
                data_testid="submit",
            ),
            CancelButton.create(t("common.cancel"), class_name="btn btn--ghost", data_testid="cancel"),
            _to_mend(),
            class_name="formfoot",
        ),
        action="/api/v1/images",
        then="/images/{id}/logs",
        away="/images",
        draft="new-image:" + SessionState.email,
        filling=NewImageState.filling,
        refusals=NewImageState.refusals,
        on_sending=NewImageState.sending,
        on_refused=NewImageState.refused,
        class_name="form form--image",
        data_testid="new-image",
    )


def _to_mend() -> rx.Component:
    count = NewImageState.wrong.length()
    return rx.cond(count > 0, rx.el.span(t_count("new_image.to_mend", count), class_name="small muted formfoot__end"))


def _next() -> rx.Component:
    return panel(
        rx.el.div(
            timeline(
                *(
                    event(
                        rx.el.span(str(number), class_name="stepnum"),
                        t(f"new_image.step_{step}"),
                        t(f"new_image.step_{step}_help"),
                    )
                    for number, step in enumerate(STEPS, start=1)
                )
            ),
            class_name="panel__body",
        ),
        title=t("new_image.next"),
    )
