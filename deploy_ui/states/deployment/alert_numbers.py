"""The numbers of an alert rule as people type them: shares in percent, with a point or a comma. Pure."""

import math
from collections.abc import Mapping
from typing import Any

from deploy_ui.enums.alerts import AlertKind
from deploy_ui.errors import Invalid
from deploy_ui.services.alerts.templates import SHARES

NAMES = ("threshold", "minutes", "least_requests")
PERCENT = 100


def typed(kind: AlertKind, form: Mapping[str, Any]) -> dict[str, float | None]:
    """Return the numbers of a form; what is no number is out of every bounds."""
    numbers = {name: _number(str(form[name])) for name in NAMES if name in form}
    threshold = numbers.get("threshold")
    if kind in SHARES and threshold is not None:
        numbers["threshold"] = round(threshold / PERCENT, 6) if math.isfinite(threshold) else threshold
    return numbers


def as_typed(kind: AlertKind, error: Invalid) -> Invalid:
    """Return what is wrong in the unit that people type."""
    if kind not in SHARES or error.field != "threshold" or error.code != "out_of_range":
        return error
    low, high = (f"{float(str(error.facts[name])) * PERCENT:g}" for name in ("low", "high"))
    return Invalid("out_of_range", field=error.field, low=low, high=high)


def _number(text: str) -> float | None:
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        return math.nan
