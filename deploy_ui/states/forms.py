"""What people type into a deployment's form, as values for the services. Pure."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from deploy_ui.errors import AppError, Invalid
from deploy_ui.services import configuration
from deploy_ui.services.deployments import Change, NewDeployment
from deploy_ui.states import env_fields

LONGEST = 100_000
"""Characters of one field that are looked at."""
LONGEST_NUMBER = 20
LARGEST_NUMBER = 1e9
WHOLE = {
    *("memory_mb", "gpu", "min_instances", "max_instances", "instances", "concurrency"),
    *("idle_timeout_s", "start_timeout_s", "request_timeout_s"),
}
CHANGEABLE = {each.name for each in fields(Change)}
NAMES = {each.name for each in fields(NewDeployment)}
MAY_BE_EMPTY = {"name", "ready_path", "env"}
"""While editing: the services refuse an empty name, the image's own path is used, no variable changes."""
FIELD_OF = {"deployment_name_taken": "name", "image_unusable": "image"}
"""Where an error is shown that does not name its field itself."""

Typed = Mapping[str, object]
Wrong = dict[str, Invalid]


def change(typed: Typed) -> tuple[Change, Wrong]:
    """Return the change that the typed fields mean, and what is wrong with those that mean nothing.

    Variables may be a draft (`env_fields.draft`).
    """
    given = _texts(typed, CHANGEABLE)
    missing = {name for name, text in given.items() if not text.strip() and name not in MAY_BE_EMPTY}
    values, wrong = _values({name: text for name, text in given.items() if name not in missing})
    return Change(**values), wrong | {name: Invalid("required", field=name) for name in missing}


def new_deployment(typed: Typed) -> tuple[NewDeployment, Wrong]:
    """Return the deployment that the typed fields mean, and everything that is wrong with it.

    Fields left empty get their defaults.
    """
    given = _texts(typed, NAMES)
    values, wrong = _values({name: text for name, text in given.items() if text.strip()})
    new = NewDeployment(**{"name": "", "image": "", **values})
    missing = [Invalid("required", field=name) for name in ("name", "image") if not getattr(new, name)]
    for problem in (*missing, *configuration.wrong_with(new)):
        wrong.setdefault(str(problem.field), problem)
    return new, wrong


def field_of(error: AppError) -> str:
    """Return the field at which an error is shown; empty if it has none."""
    return error.field if isinstance(error, Invalid) else FIELD_OF.get(error.code, "")


def value(name: str, text: str) -> Any:
    """Return the value that a field's text means, or raise Invalid."""
    if name == "env":
        return env_fields.edits(text)
    if name == "cpu":
        return _number(name, text, float)
    if name in WHOLE:
        return _number(name, text, int)
    return text.strip()


def _texts(typed: Typed, names: set[str]) -> dict[str, str]:
    longest = {"env": env_fields.LONGEST}
    return {name: str(text)[: longest.get(name, LONGEST)] for name, text in typed.items() if name in names}


def _values(typed: Mapping[str, str]) -> tuple[dict[str, Any], Wrong]:
    values: dict[str, Any] = {}
    wrong: Wrong = {}
    for name, text in typed.items():
        try:
            values[name] = value(name, text)
        except Invalid as problem:
            wrong[name] = problem
    return values, wrong


def _number(name: str, text: str, kind: type[int] | type[float]) -> float:
    try:
        number = kind(text.strip().replace(",", ".")[:LONGEST_NUMBER])
    except ValueError as error:
        raise Invalid("not_a_number", field=name) from error
    if number != number or abs(number) > LARGEST_NUMBER:  # noqa: PLR0124 - NaN is unlike itself
        raise Invalid("not_a_number", field=name)
    return number
