"""Environment variables of a deployment: what is allowed, how a change merges, what may be shown. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from deploy_ui.enums import VariableChange
from deploy_ui.errors import Invalid

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}")
OURS = frozenset({"PORT", "DEPLOYMENT", "INSTANCE"})
LONGEST_VALUE = 32 * 1024
"""Bytes in UTF-8."""
MOST_NAMES = 200
MOST_BYTES = 256 * 1024
"""Of all names and values: the kernel gives a new process about two megabytes for them and its arguments."""


@dataclass(frozen=True)
class Variable:
    """One variable as people may see it."""

    name: str
    secret: bool
    value: str | None
    """None: it is secret."""


@dataclass(frozen=True)
class VariableEdit:
    """What to change of one variable."""

    value: str | None = field(default=None, repr=False)
    """None: it stays as it is."""
    secret: bool | None = None
    """None: as it was; a new one is secret."""


@dataclass(frozen=True)
class VariableDifference:
    """One variable that differs; values are those of open ones, None otherwise."""

    name: str
    change: VariableChange
    before: str | None = None
    after: str | None = None


@dataclass(frozen=True)
class Env:
    """All variables of a deployment, in clear."""

    values: Mapping[str, str] = field(default_factory=dict, repr=False)
    shown: Sequence[str] = ()
    """Names of those whose values may be shown, sorted."""


Edits = Mapping[str, str | VariableEdit | None]
"""By name. A text is a secret value; None removes the name."""


def merged(old: Env, edits: Edits) -> Env:
    """Return the variables after a change.

    Raises Invalid for one that has no value: it is new, or was secret and is to be shown, which needs a new one.
    """
    values, shown = dict(old.values), set(old.shown)
    for name, each in edits.items():
        edit = VariableEdit(each, secret=True) if isinstance(each, str) else each
        if edit is None:
            values.pop(name, None)
            shown.discard(name)
            continue
        _require_value(name, edit, name in values, name in shown)
        if edit.value is not None:
            values[name] = edit.value
        if edit.secret is not None:
            (shown.discard if edit.secret else shown.add)(name)
    return Env(dict(sorted(values.items())), sorted(shown))


def variables(env: Env) -> list[Variable]:
    """Return what may be shown of each, by name."""
    shown = set(env.shown)
    return [
        Variable(name, secret=name not in shown, value=value if name in shown else None)
        for name, value in sorted(env.values.items())
    ]


def differences(old: Env, new: Env) -> list[VariableDifference]:
    """Return how the variables differ, by name; one that only becomes secret or open differs too."""
    made = (_difference(name, old, new) for name in sorted({*old.values, *new.values}))
    return [each for each in made if each]


def check(values: Mapping[str, str]) -> None:
    """Raise Invalid unless a process can be given these variables."""
    if len(values) > MOST_NAMES:
        raise Invalid("env_too_many", field="env", most=MOST_NAMES)
    for name, value in values.items():
        if not NAME.fullmatch(name):
            raise Invalid("env_name_wrong", field="env", name=name[:80])
        if name in OURS:
            raise Invalid("env_name_reserved", field="env", name=name)
        if "\0" in value or not _encodable(value) or _size([value]) > LONGEST_VALUE:
            raise Invalid("env_value_wrong", field="env", name=name)
    if _size([*values, *values.values()]) > MOST_BYTES:
        raise Invalid("env_too_large", field="env", limit_kb=MOST_BYTES // 1024)


def _require_value(name: str, edit: VariableEdit, known: bool, shown: bool) -> None:  # noqa: FBT001 - two facts
    if edit.value is not None:
        return
    if not known:
        raise Invalid("env_value_missing", field="env", name=name[:80])
    if edit.secret is False and not shown:
        raise Invalid("env_value_needed", field="env", name=name[:80])


def _difference(name: str, old: Env, new: Env) -> VariableDifference | None:
    before, after = (each.values.get(name) if name in each.shown else None for each in (old, new))
    change = _change(name, old, new)
    return VariableDifference(name, change, before, after) if change else None


def _change(name: str, old: Env, new: Env) -> VariableChange | None:
    if name not in old.values:
        return VariableChange.ADDED
    if name not in new.values:
        return VariableChange.REMOVED
    if old.values[name] != new.values[name]:
        return VariableChange.CHANGED
    if (name in old.shown) == (name in new.shown):
        return None
    return VariableChange.SHOWN if name in new.shown else VariableChange.HIDDEN


def _size(texts: Iterable[str]) -> int:
    return sum(len(each.encode("utf-8", "replace")) for each in texts)


def _encodable(value: str) -> bool:
    return value.encode("utf-8", "ignore").decode() == value
