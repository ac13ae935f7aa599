"""The API test tab: a request on the left, its answer on the right, what was sent before below."""

import reflex as rx

from deploy_ui.components.body_editor import BodyEditor
from deploy_ui.components.buttons import button
from deploy_ui.components.forms import form_error, wrong_in
from deploy_ui.components.icons import icon
from deploy_ui.components.layout import callout, panel, skeleton
from deploy_ui.components.trial_form import CurlButton, FormatButton
from deploy_ui.i18n.ui import t
from deploy_ui.pages.deployment.answer import answer
from deploy_ui.pages.deployment.history import history
from deploy_ui.pages.deployment.request_headers import asynchronous_box, request_headers
from deploy_ui.services.trials.request import METHODS
from deploy_ui.states.deployment.card import CardState
from deploy_ui.states.deployment.test import TrialState
from deploy_ui.states.session import SessionState


def test() -> rx.Component:
    """Return the tab."""
    ready = TrialState.loaded & (TrialState.shown_slug == rx.State.slug)
    return rx.el.section(
        rx.cond(SessionState.may_edit, rx.cond(ready, _form(), _skeleton()), callout(t("test.viewer"))),
        class_name="content content--wide",
        data_testid="api-test",
    )


def _skeleton() -> rx.Component:
    box = panel(rx.el.div(class_name="panel__head"), rx.el.div(class_name="trial__blank"))
    return rx.el.div(skeleton(height="32px"), rx.el.div(box, box, class_name="duo"), class_name="trial", aria_busy=True)


def _form() -> rx.Component:
    return rx.fragment(
        rx.cond(CardState.at_rest, rx.el.div(callout(t("test.at_rest"), kind="warning"), class_name="trial")),
        rx.el.form(
            _bar(),
            rx.el.div(_request(), answer(), class_name="duo"),
            on_submit=TrialState.send,
            key=TrialState.version,
            no_validate=True,
            class_name="trial",
            data_testid="trial",
        ),
        history(),
    )


def _bar() -> rx.Component:
    wrong = wrong_in(TrialState.wrong, "path")
    return rx.el.div(
        rx.el.div(
            rx.el.select(
                *(rx.el.option(method, value=method) for method in METHODS),
                name="method",
                default_value=TrialState.method,
                class_name="requestbar__method",
                aria_label=t("test.method"),
                data_testid="method",
            ),
            rx.el.span(CardState.card.url, class_name="requestbar__base", title=CardState.card.url),
            rx.el.input(
                name="path",
                default_value=TrialState.path,
                class_name="requestbar__path",
                aria_label=t("test.path"),
                aria_invalid=wrong != "",
                spell_check=False,
                auto_complete="off",
                data_testid="path",
            ),
            class_name=rx.cond(
                wrong != "", "requestbar__group requestbar__group--error grow", "requestbar__group grow"
            ),
        ),
        _send(),
        CurlButton.create(
            url=f"/api/v1/deployments/{rx.State.slug}/curl",
            label=t("test.curl"),
            copied_label=t("common.copied"),
            on_failure=TrialState.refused,
            class_name="btn btn--outline",
            data_testid="curl",
        ),
        rx.cond(wrong != "", form_error(wrong, data_testid="wrong-path")),
        class_name="requestbar",
    )


def _send() -> rx.Component:
    return rx.el.button(
        rx.cond(TrialState.sending, rx.el.span(class_name="dot dot--busy-light"), icon("send")),
        rx.cond(TrialState.sending, t("test.sending"), t("test.send")),
        rx.el.span("Ctrl ⏎", class_name="btn__kbd only-wide", aria_hidden=True),
        type="submit",
        class_name="btn btn--primary",
        disabled=TrialState.sending,
        data_testid="send",
    )


def _request() -> rx.Component:
    wrong = wrong_in(TrialState.wrong, "body")
    return panel(
        BodyEditor.create(
            name="body",
            default_value=TrialState.body,
            label=t("test.body"),
            wrong_line=TrialState.wrong_line,
            testid="body",
            class_name="editor trial__body",
        ),
        rx.cond(wrong != "", rx.el.div(form_error(wrong, data_testid="wrong-body"), class_name="trial__wrong")),
        request_headers(),
        asynchronous_box(),
        title=t("test.body"),
        end=rx.fragment(
            button(t("test.example"), look="ghost", small=True, on_click=TrialState.example, data_testid="example"),
            FormatButton.create(
                t("test.format"),
                field="body",
                on_failure=TrialState.unformatted,
                class_name="btn btn--ghost btn--s",
                data_testid="format",
            ),
        ),
    )
