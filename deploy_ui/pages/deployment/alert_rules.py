"""The rules of a deployment: one line each, with its numbers in place when they are changed."""

from typing import Any

import reflex as rx

from deploy_ui.components.amounts import decimal
from deploy_ui.components.buttons import button, icon_button
from deploy_ui.components.forms import field_class, form_error, plain_form, wrong_in
from deploy_ui.components.icons import icon
from deploy_ui.components.layout import section
from deploy_ui.components.menus import menu, menu_head, menu_item, menu_line
from deploy_ui.components.when import when
from deploy_ui.enums.alerts import AlertKind
from deploy_ui.i18n.ui import t
from deploy_ui.pages.deployment.alert_words import amount, condition, kind_word
from deploy_ui.services.alerts.rules import RuleRow
from deploy_ui.services.alerts.templates import LASTING, SHARES, TEMPLATES
from deploy_ui.states.deployment.alert_numbers import PERCENT
from deploy_ui.states.deployment.alerts import MUTES, AlertsState
from deploy_ui.states.deployment.card import CardState
from deploy_ui.states.session import SessionState

ICONS = {
    AlertKind.ERROR_RATE: "circle-alert",
    AlertKind.P99: "timer",
    AlertKind.NOT_READY: "power-off",
    AlertKind.CRASH_LOOP: "repeat",
    AlertKind.QUEUE_AGE: "hourglass",
    AlertKind.MEMORY: "memory-stick",
    AlertKind.BUILD_FAILED: "hammer",
}
UNITS = {
    AlertKind.ERROR_RATE: "share",
    AlertKind.MEMORY: "share",
    AlertKind.P99: "seconds",
    AlertKind.QUEUE_AGE: "seconds",
    AlertKind.CRASH_LOOP: "instances",
}
"""Kinds whose minutes say how long it must last."""


def rules() -> rx.Component:
    """Return the section."""
    return section(
        t("alerts.rules_title"),
        rx.el.div(rx.foreach(AlertsState.rules, _rule), class_name="rulebox", data_testid="rules"),
        end=rx.cond(may_change(), _add()),
    )


def mute_menu(rule_id: rx.Var[Any], muted: rx.Var[bool]) -> rx.Component:
    """Return the button that mutes a rule, or sends its notices again."""
    again = button(
        t("alerts.unmute"), icon_name="bell", small=True, on_click=AlertsState.unmute(rule_id), data_testid="unmute"
    )
    trigger = button(t("alerts.mute"), icon_name="bell-off", small=True, data_testid="mute")
    return rx.cond(muted, again, menu(trigger, *_mutes(rule_id)))


def may_change() -> rx.Var[bool]:
    """Return whether this person may change this deployment."""
    return SessionState.may_edit & ~CardState.gone


def _mutes(rule_id: rx.Var[Any]) -> list[rx.Component]:
    choices = (
        menu_item(
            t(f"alerts.mute_choice.{each}"), on_select=AlertsState.mute(rule_id, each), data_testid=f"mute-{each}"
        )
        for each in MUTES
    )
    return [menu_head(t("alerts.mute_for")), *choices]


def _add() -> rx.Component:
    items = (
        menu_item(
            t(f"alerts.kind.{kind}"),
            icon_name=ICONS[kind],
            on_select=AlertsState.add_rule(kind.value),
            data_testid=f"add-{kind}",
        )
        for kind in AlertKind
    )
    return menu(button(t("alerts.add"), icon_name="plus", data_testid="add-rule"), *items)


def _rule(each: RuleRow) -> rx.Component:
    edited = AlertsState.edited == each.id
    return rx.el.div(
        rx.match(each.kind.to(str), *((kind.value, icon(name)) for kind, name in ICONS.items()), icon("bell")),
        rx.el.div(
            rx.el.div(rx.el.span(kind_word(each.kind), class_name="strong"), _state(each), class_name="row row--wrap"),
            rx.cond(edited, _form(each), rx.el.p(condition(each), class_name="muted")),
            class_name="rule__words",
        ),
        rx.cond(each.value.is_not_none() & each.enabled & ~edited, _value(each)),
        rx.cond(may_change() & ~edited, _actions(each)),
        class_name=rx.cond(each.enabled, "rule", "rule rule--off"),
        key=each.id,
        data_testid="rule",
        data_kind=each.kind.to(str),
    )


def _state(each: RuleRow) -> rx.Component:
    until = rx.cond(
        each.muted_until, rx.fragment(" ", t("alerts.until"), " ", when(each.muted_until, exact=True)), rx.fragment()
    )
    muted = rx.el.span(
        icon("bell-off", small=True), t("alerts.state_word.muted"), until, class_name="badge", title=each.muted_by
    )
    phase = rx.match(
        each.phase.to(str),
        ("firing", rx.el.span(t("alerts.state_word.firing"), class_name="badge badge--red")),
        (
            "pending",
            rx.el.span(t("alerts.state_word.pending"), class_name="badge badge--amber", title=t("alerts.pending")),
        ),
        rx.fragment(),
    )
    off = rx.el.span(t("alerts.state_word.off"), class_name="badge")
    return rx.cond(each.enabled, rx.fragment(phase, rx.cond(each.muted, muted)), off)


def _value(each: RuleRow) -> rx.Component:
    return rx.el.span(
        rx.el.span(t("alerts.now"), class_name="muted small"),
        rx.el.span(amount(each.kind, each.value), class_name="num"),
        class_name="rule__value",
    )


def _actions(each: RuleRow) -> rx.Component:
    label = t("alerts.actions", name=kind_word(each.kind))
    return rx.el.span(
        rx.el.button(
            type="button",
            role="switch",
            class_name="switch switch--button",
            aria_checked=rx.cond(each.enabled, "true", "false"),
            aria_label=rx.cond(each.enabled, t("alerts.switch_off"), t("alerts.switch_on")),
            title=rx.cond(each.enabled, t("alerts.switch_off"), t("alerts.switch_on")),
            on_click=AlertsState.switch(each.id, ~each.enabled),
            data_testid="switch-rule",
        ),
        menu(icon_button("ellipsis", label, small=True, data_testid="rule-actions"), *_menu(each)),
        class_name="rule__actions",
    )


def _menu(each: RuleRow) -> list[Any]:
    numbered = each.kind.to(str) != AlertKind.BUILD_FAILED.value
    again = menu_item(t("alerts.unmute"), icon_name="bell", on_select=AlertsState.unmute(each.id))
    return [
        rx.cond(
            numbered,
            menu_item(
                t("alerts.edit"), icon_name="pencil", on_select=AlertsState.edit(each.id), data_testid="edit-rule"
            ),
        ),
        rx.cond(each.muted, again, rx.fragment(*_mutes(each.id))),
        menu_line(),
        menu_item(
            t("alerts.remove"),
            icon_name="trash-2",
            danger=True,
            on_select=AlertsState.remove_rule(each.id),
            data_testid="remove-rule",
        ),
    ]


def _form(each: RuleRow) -> rx.Component:
    kind = each.kind.to(str)
    percent = rx.match(kind, *((one.value, each.threshold * PERCENT) for one in sorted(SHARES)), each.threshold)
    unit = rx.match(kind, *((one.value, t(f"alerts.unit_{word}")) for one, word in UNITS.items()), "")
    over = rx.match(kind, *((one.value, t("alerts.minutes_for")) for one in sorted(LASTING)), t("alerts.minutes_over"))
    return plain_form(
        _number(kind, "threshold", t("alerts.threshold_label"), percent, unit),
        _number(kind, "minutes", t("alerts.minutes_label"), each.minutes, over),
        _number(kind, "least_requests", t("alerts.least_label"), each.least_requests, t("alerts.least_help")),
        rx.cond(kind == AlertKind.BUILD_FAILED.value, rx.el.p(t("alerts.no_numbers"), class_name="muted")),
        rx.el.div(
            rx.el.button(
                t("alerts.save"), type="submit", class_name="btn btn--primary btn--s", data_testid="save-rule"
            ),
            button(t("common.cancel"), small=True, look="ghost", on_click=AlertsState.close),
            class_name="row",
        ),
        on_submit=AlertsState.save,
        no_validate=True,
        class_name="ruleform",
        data_testid="rule-form",
    )


def _number(kind: rx.Var[str], name: str, label: rx.Var[str], value: Any, words: rx.Var[str]) -> rx.Component:
    """Return the field of a number, for kinds that have it."""
    wrong = wrong_in(AlertsState.wrong, name)
    shown = rx.el.div(
        rx.el.label(label, html_for=f"rule-{name}"),
        rx.el.span(
            rx.el.input(
                id=f"rule-{name}",
                name=name,
                default_value=decimal(value),
                input_mode="decimal",
                auto_complete="off",
                class_name="field__value",
            ),
            class_name=field_class(wrong),
        ),
        rx.cond(wrong != "", form_error(wrong, data_testid=f"error-{name}"), rx.el.span(words, class_name="help")),
        class_name="formrow",
    )
    having = [one.value for one in AlertKind if TEMPLATES[one].numbers[name]]
    return rx.match(kind, *((one, shown) for one in having), rx.fragment())
