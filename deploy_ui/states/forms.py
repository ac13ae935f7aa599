"""What people type into a deployment's form, as values for the services. Pure."""

from dataclasses import fields
from typing import Any

from deploy_ui.enums import ImageStatus
from deploy_ui.errors import Invalid
from deploy_ui.services.deployments import Change, NewDeployment

LONGEST = 100_000
"""Characters of one field that are looked at."""
WHOLE = {
    *("memory_mb", "gpu", "min_instances", "max_instances", "instances", "concurrency"),
    *("idle_timeout_s", "start_timeout_s", "request_timeout_s"),
}
CHANGEABLE = {each.name for each in fields(Change)}
NAMES = {each.name for each in fields(NewDeployment)}


def change(typed: dict[str, str]) -> Change:
    """Return the change that the typed fields mean; fields left empty change nothing. Raises Invalid."""
    given = {name: text for name, text in typed.items() if name in CHANGEABLE and (text.strip() or name == "name")}
    return Change(**_values(given))


def new_deployment(typed: dict[str, str]) -> NewDeployment:
    """Return the deployment that the typed fields mean; fields left empty get their defaults. Raises Invalid."""
    for name in ("name", "image"):
        if not typed.get(name, "").strip():
            raise Invalid("required", field=name)
    given = _values({name: text for name, text in typed.items() if name in NAMES and text.strip()})
    given["env"] = {name: value for name, value in given.get("env", {}).items() if value is not None}
    return NewDeployment(**given)


def deployable(status: ImageStatus) -> bool:
    """Say whether an image of this status may be deployed."""
    return status in {ImageStatus.READY, ImageStatus.QUEUED, ImageStatus.BUILDING}


def env(text: str) -> dict[str, str | None]:
    """Read `NAME=value` lines, and `-NAME` lines that remove one; empty ones and `#` comments are passed over.

    Raises Invalid with the line's number.
    """
    found: dict[str, str | None] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        name, equals, value = line.partition("=")
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if not equals and not line.startswith("-"):
            raise Invalid("env_line", field="env", line=number)
        found[name.strip() if equals else line[1:].strip()] = value if equals else None
    return found


def _values(typed: dict[str, str]) -> dict[str, Any]:
    return {name: _value(name, text) for name, text in typed.items()}


def _value(name: str, text: str) -> object:
    if name == "env":
        return env(text)
    if name == "cpu":
        return _number(name, text, float)
    if name in WHOLE:
        return _number(name, text, int)
    return text.strip()


def _number(name: str, text: str, kind: type[int] | type[float]) -> float:
    try:
        number = kind(text.strip().replace(",", ".")[:20])
    except ValueError as error:
        raise Invalid("not_a_number", field=name) from error
    if number != number or abs(number) > 1e9:  # noqa: PLR0124, PLR2004 - NaN is unlike itself
        raise Invalid("not_a_number", field=name)
    return number
