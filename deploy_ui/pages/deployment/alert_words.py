"""What a rule says and an alert tells, in the reader's words."""

from typing import Any

import reflex as rx

from deploy_ui.components.amounts import decimal, duration, latency
from deploy_ui.components.icons import icon
from deploy_ui.components.links import link
from deploy_ui.enums.alerts import AlertKind
from deploy_ui.i18n.ui import t, t_count
from deploy_ui.services.alerts.board import AlertRow
from deploy_ui.services.alerts.rules import RuleRow
from deploy_ui.services.alerts.templates import SHARES
from deploy_ui.states.deployment.alert_numbers import PERCENT

MILLISECONDS = 1000


def kind_word(kind: rx.Var[Any]) -> rx.Var[str]:
    """Return what a kind of rule is called."""
    return rx.match(kind.to(str), *((each.value, t(f"alerts.kind.{each}")) for each in AlertKind), "")


def amount(kind: rx.Var[Any], value: Any) -> rx.Var[str]:
    """Return what a kind of rule measures, with its unit."""
    number = rx.Var.create(value).to(float)
    share = decimal(number * PERCENT).to(str) + "\u00a0%"
    return rx.match(
        kind.to(str),
        *((each.value, share) for each in sorted(SHARES)),
        (AlertKind.P99.value, latency(number * MILLISECONDS)),
        (AlertKind.QUEUE_AGE.value, duration(number)),
        decimal(number),
    )


def fires(each: AlertRow) -> rx.Var[str]:
    """Return why an alert fires."""
    said = {
        "value": amount(each.kind, each.value),
        "threshold": amount(each.kind, each.threshold),
        "minutes": each.minutes,
    }
    return rx.match(each.kind.to(str), *((one.value, t(f"alerts.fires.{one}", **said)) for one in AlertKind), "")


def condition(each: RuleRow) -> rx.Var[str]:
    """Return when a rule fires."""
    said = {
        "threshold": amount(each.kind, each.threshold),
        "minutes": each.minutes,
        "least": decimal(each.least_requests),
    }
    return rx.match(each.kind.to(str), *((one.value, t(f"alerts.rule.{one}", **said)) for one in AlertKind), "")


def lasted(each: AlertRow) -> rx.Var[str]:
    """Return how long an alert that is over fired."""
    return duration(each.lasted_s)


def bell(slug: rx.Var[str], alerts: rx.Var[int], **props: Any) -> rx.Component:
    """Return how many alerts of a deployment fire, as a link to them; nothing while none does."""
    words = t_count("alerts.bell", alerts)
    shown = link(
        icon("bell-ring", small=True),
        alerts,
        to=f"/deployments/{slug}/monitoring?view=alerts",
        title=words,
        aria_label=words,
        class_name="bell over",
        data_testid="bell",
        **props,
    )
    return rx.cond(alerts > 0, shown)
