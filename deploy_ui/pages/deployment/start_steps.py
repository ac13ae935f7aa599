"""How far an instance has come on its way to readiness."""

import reflex as rx

from deploy_ui.components.amounts import duration, elapsed
from deploy_ui.components.status import dot, word
from deploy_ui.i18n.ui import t
from deploy_ui.states.deployment.steps import StartStep, Step


def running_step(step: rx.Var[Step]) -> rx.Component:
    """Return what goes on now and for how long, beside a status that says the rest."""
    return rx.el.span(
        word(StartStep, "start_step.now", step.name), " ", elapsed(step.at), class_name="muted", data_testid="step"
    )


def track(steps: rx.Var[list[Step]]) -> rx.Component:
    """Return all steps with their times; the one that goes on now ticks."""
    return rx.el.ol(rx.foreach(steps, _step), class_name="steps", aria_label=t("start_step.all"), data_testid="steps")


def _step(step: Step) -> rx.Component:
    look = rx.cond(step.now, "starting", rx.cond(step.at, "ready", "queued"))
    took = rx.cond(step.seconds.is_none(), "", duration(step.seconds))
    return rx.el.li(
        dot(look),
        word(StartStep, "start_step", step.name),
        rx.el.span(rx.cond(step.now, elapsed(step.at), took), class_name="muted num"),
        class_name=rx.cond(step.at, "steps__step", "steps__step muted"),
        aria_current=rx.cond(step.now, "step", "false"),
        data_step=step.name,
        key=step.name,
    )
