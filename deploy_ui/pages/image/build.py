"""The build of an image: its steps, and what to mend if it failed."""

import reflex as rx

from deploy_ui.components.amounts import duration, elapsed
from deploy_ui.components.buttons import button_link
from deploy_ui.components.icons import icon
from deploy_ui.components.layout import panel
from deploy_ui.components.links import link
from deploy_ui.components.status import dot, word
from deploy_ui.components.when import when
from deploy_ui.enums import BuildStep
from deploy_ui.i18n.ui import t
from deploy_ui.states.image.card import ImageState, Step
from deploy_ui.states.session import SessionState


def build_panel() -> rx.Component:
    """Return the steps as a small box, with the whole time at its foot."""
    card = ImageState.card
    log = link(t("image.open_log"), to=f"/images/{card.id}/logs", class_name="small muted panel__link")
    return panel(
        rx.el.div(
            rx.cond(
                ImageState.steps.length() > 0,
                rx.foreach(ImageState.steps, _row),
                rx.el.div(_no_steps(), class_name="buildrows__none muted"),
            ),
            class_name="buildrows",
        ),
        rx.cond(
            card.started_at,
            rx.el.div(
                rx.el.span(when(card.started_at, exact=True), class_name="small muted grow"),
                rx.cond(ImageState.took_s > 0, rx.el.span(duration(ImageState.took_s), class_name="small strong num")),
                class_name="panel__foot",
            ),
        ),
        title=t("image.build"),
        end=log,
        data_testid="build-steps",
    )


def build_steps() -> rx.Component:
    """Return the steps on the time axis of the whole build."""
    return rx.cond(
        ImageState.steps.length() > 0,
        rx.el.div(rx.foreach(ImageState.steps, _wide_row), class_name="panel", data_testid="build-steps"),
    )


def failure() -> rx.Component:
    """Return what to mend, if the build failed."""
    return rx.cond(
        ImageState.card.status == "failed",
        rx.el.div(
            rx.el.div(
                icon("circle-alert"),
                rx.el.div(
                    rx.el.div(t("image.failed"), class_name="strong"),
                    rx.el.div(ImageState.why, class_name="wrap prewrap", data_testid="why"),
                ),
                class_name="failure__head",
            ),
            rx.el.div(
                rx.el.span(t("image.failed_next"), class_name="small muted grow"),
                rx.cond(
                    SessionState.may_edit,
                    button_link(
                        t("image.mend"), f"/images/new?from={ImageState.card.id}", small=True, data_testid="mend"
                    ),
                ),
                class_name="failure__foot",
            ),
            class_name="failure",
            data_testid="failure",
        ),
    )


def _no_steps() -> rx.Var[str]:
    return rx.match(
        ImageState.card.status.to(str),
        ("queued", t("image.queued")),
        ("canceled", t("image.canceled_before")),
        t("image.no_steps"),
    )


def _row(each: Step) -> rx.Component:
    return rx.el.div(
        _mark(each), rx.el.span(_name(each)), _time(each), _bar(each), class_name="buildrow", data_state=each.state
    )


def _bar(each: Step) -> rx.Component:
    """Return the step's place on the time axis of the build."""
    return rx.el.span(
        rx.el.i(style={"left": f"{each.left}%", "width": f"{each.width}%"}),
        class_name=f"step__bar step--{each.state}",
        aria_hidden=True,
    )


def _wide_row(each: Step) -> rx.Component:
    return rx.el.div(
        rx.el.div(
            _mark(each),
            rx.el.span(_name(each), class_name="ellipsis"),
            rx.el.span(
                rx.el.i(style={"left": f"{each.left}%", "width": f"{each.width}%"}),
                class_name="step__bar",
                aria_hidden=True,
            ),
            _time(each),
            class_name="step__head step__head--plain",
        ),
        class_name=f"step step--{each.state}",
        data_testid="step",
        data_state=each.state,
    )


def _name(each: Step) -> rx.Var[str]:
    return word(BuildStep, "build_step", each.step)


def _mark(each: Step) -> rx.Component:
    return rx.match(
        each.state,
        ("ok", icon("check", custom_attrs={"data-mark": "ok"})),
        *((state, rx.el.span(dot(state), class_name="mark-box")) for state in ("failed", "canceled")),
        rx.el.span(dot("building"), class_name="mark-box"),
    )


def _time(each: Step) -> rx.Component:
    return rx.el.span(
        rx.cond(each.state == "running", elapsed(each.began_at), rx.el.span(duration(each.duration_s))),
        class_name="num muted right",
    )
