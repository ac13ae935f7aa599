"""The alerts view of the Monitoring tab: what fires, the rules, who is told, what fired before."""

import reflex as rx

from deploy_ui.components.buttons import button
from deploy_ui.components.icons import icon
from deploy_ui.components.layout import callout, section, skeleton
from deploy_ui.components.tables import Column, data_table, row
from deploy_ui.components.when import when
from deploy_ui.i18n.ui import t
from deploy_ui.pages.deployment.alert_receivers import receivers
from deploy_ui.pages.deployment.alert_rules import may_change, mute_menu, rules
from deploy_ui.pages.deployment.alert_words import amount, fires, kind_word, lasted
from deploy_ui.services.alerts.board import AlertRow
from deploy_ui.states.deployment.alerts import AlertsState
from deploy_ui.states.deployment.card import CardState

HISTORY = (
    Column(t("alerts.what"), area="name"),
    Column(t("alerts.fired"), width="176px", area="fact"),
    Column(t("alerts.lasted"), width="120px", right=True, area="fact"),
    Column(t("alerts.worst"), width="104px", right=True, area="fact"),
    Column(t("alerts.how_ended"), width="264px", area="fact"),
)


def alerts() -> rx.Component:
    """Return the view."""
    shown = rx.fragment(
        rx.cond(CardState.gone, rx.el.div(callout(t("alerts.frozen")), class_name="alerts__frozen")),
        _now(),
        rules(),
        receivers(),
        _history(),
    )
    here = AlertsState.loaded & (AlertsState.shown_slug == rx.State.slug)
    return rx.el.div(rx.cond(here, shown, _skeleton()), class_name="alerts", data_testid="monitoring-alerts")


def _skeleton() -> rx.Component:
    lines = (rx.el.div(skeleton(width=width), class_name="rule") for width in ("60%", "45%", "70%", "50%"))
    return rx.el.div(*lines, class_name="rulebox", aria_busy=True)


def _now() -> rx.Component:
    return rx.el.section(
        rx.cond(
            AlertsState.firing.length() > 0,
            rx.el.div(rx.foreach(AlertsState.firing, _firing), class_name="alerts__now"),
            rx.cond(CardState.gone, rx.fragment(), _quiet()),
        ),
        aria_label=t("alerts.firing_title"),
        data_testid="firing",
    )


def _quiet() -> rx.Component:
    awake = rx.cond(CardState.at_rest, t("alerts.at_rest_words"), t("alerts.all_well_words"))
    words = rx.cond(AlertsState.watched, awake, t("alerts.no_rules_words"))
    return rx.el.div(
        rx.cond(AlertsState.watched, icon("circle-check"), icon("bell-off")),
        rx.el.span(t("alerts.all_well"), class_name="strong"),
        rx.el.span(words, class_name="muted"),
        class_name="alerts__quiet",
        data_testid="all-well",
    )


def _firing(each: AlertRow) -> rx.Component:
    muted = rx.cond(
        each.muted,
        rx.el.span(
            icon("bell-off", small=True),
            rx.cond(
                each.muted_until,
                rx.fragment(t("alerts.muted_until"), " ", when(each.muted_until, exact=True)),
                t("alerts.muted"),
            ),
            class_name="badge",
        ),
    )
    return rx.el.div(
        rx.cond(each.muted, icon("bell-off"), icon("bell-ring")),
        rx.el.div(
            rx.el.div(rx.el.span(kind_word(each.kind), class_name="strong"), muted, class_name="row row--wrap"),
            rx.el.p(fires(each)),
            rx.el.div(
                t("alerts.since"),
                " ",
                when(each.fired_at, full=True),
                rx.cond(each.left_out, rx.fragment(" · ", t("alerts.left_out"))),
                class_name="small muted",
            ),
            class_name="grow",
        ),
        rx.cond(may_change() & each.rule_id.is_not_none(), mute_menu(each.rule_id, each.muted)),
        class_name=rx.cond(each.muted, "firing firing--muted", "firing"),
        role="alert",
        data_testid="alert",
        data_kind=each.kind.to(str),
    )


def _history() -> rx.Component:
    table = rx.fragment(
        data_table(HISTORY, rx.foreach(AlertsState.history, _ended), data_testid="alert-history"),
        rx.cond(
            AlertsState.more,
            rx.el.div(
                button(t("alerts.older"), small=True, on_click=AlertsState.show_older, data_testid="older-alerts"),
                class_name="tablefoot",
            ),
        ),
        rx.el.p(t("alerts.history_words"), class_name="small muted tablenote"),
    )
    none = rx.el.p(t("alerts.history_none"), class_name="muted", data_testid="no-history")
    return section(t("alerts.history_title"), rx.cond(AlertsState.history.length() > 0, table, none))


def _ended(each: AlertRow) -> rx.Component:
    how = rx.match(
        each.outcome.to(str),
        *((one, t(f"alerts.outcome.{one}")) for one in ("at_rest", "rule_changed")),
        t("alerts.outcome.recovered"),
    )
    return row(
        HISTORY,
        [
            rx.el.span(kind_word(each.kind), class_name="ellipsis"),
            when(each.fired_at, exact=True),
            lasted(each),
            rx.cond(each.worst.is_not_none(), amount(each.kind, each.worst), "—"),
            rx.el.span(
                how,
                rx.cond(each.ended_by != "", rx.fragment(", ", each.ended_by)),
                rx.cond(each.left_out, rx.fragment(" · ", t("alerts.left_out"))),
                class_name="ellipsis",
            ),
        ],
        key=each.id,
        data_testid="past-alert",
    )
