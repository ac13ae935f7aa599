"""The API test tab: a request on the left, its answer on the right; what was sent before, and its log, below."""

import reflex as rx

from deploy_ui.components.layout import callout, panel, skeleton
from deploy_ui.components.trial.bench import TrialBench
from deploy_ui.i18n.ui import LanguageState, t
from deploy_ui.pages.deployment.answer import call_foot
from deploy_ui.pages.deployment.test_words import words
from deploy_ui.states.deployment.card import CardState
from deploy_ui.states.deployment.test import TrialState
from deploy_ui.states.session import SessionState


def test() -> rx.Component:
    """Return the tab."""
    ready = TrialState.loaded & (TrialState.shown_slug == rx.State.slug)
    return rx.el.section(
        rx.cond(ready, _form(), _skeleton()),
        class_name="content content--wide",
        data_testid="api-test",
    )


def _skeleton() -> rx.Component:
    box = panel(rx.el.div(class_name="panel__head"), rx.el.div(class_name="trial__blank"))
    return rx.el.div(skeleton(height="32px"), rx.el.div(box, box, class_name="duo"), class_name="trial", aria_busy=True)


def _form() -> rx.Component:
    return rx.fragment(
        rx.cond(~SessionState.may_edit, rx.el.div(callout(t("test.viewer"), data_testid="viewer"), class_name="trial")),
        rx.cond(CardState.at_rest, rx.el.div(callout(t("test.at_rest"), kind="warning"), class_name="trial")),
        TrialBench.create(
            rx.cond(TrialState.call, call_foot()),
            slug=TrialState.shown_slug,
            base=CardState.card.url,
            sample=TrialState.sample,
            schema=TrialState.schema,
            may_send=SessionState.may_edit,
            rows=TrialState.past,
            refused=TrialState.refusal,
            followed=TrialState.call.is_not_none(),
            owner=SessionState.email,
            words=words(),
            language=LanguageState.language,
            on_sending=TrialState.sending,
            on_refused=TrialState.refused,
            on_ended=TrialState.ended,
            on_name=TrialState.name,
            on_forget=TrialState.forget,
            on_clear=TrialState.clear,
        ),
    )
