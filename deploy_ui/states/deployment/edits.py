"""Facts of the General tab that are being edited: which fields they have, and what would change. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from deploy_ui.enums import VariableChange
from deploy_ui.errors import Invalid
from deploy_ui.services.cards import DeploymentCard
from deploy_ui.services.env import Variable, VariableEdit
from deploy_ui.states import env_fields, forms

LONGEST_VALUE = 60
"""Characters of a variable's value in the Save bar; of longer ones only the name is told."""
FACTS: Mapping[str, tuple[str, ...]] = {
    "name": ("name",),
    "image": ("image",),
    "resources": ("cpu", "memory_mb"),
    "instances": ("min_instances", "max_instances", "instances"),
    "concurrency": ("concurrency",),
    "idle": ("idle_timeout_s",),
    "limits": ("start_timeout_s", "request_timeout_s"),
    "ready_path": ("ready_path",),
    "env": ("env",),
}
"""Every fact that can be edited, and its fields."""


@dataclass(frozen=True)
class Edit:
    """One value that would change."""

    field: str
    before: str
    after: str
    name: str = ""
    """Of a variable: its name. Of a secret one neither value is told."""
    change: str = ""
    """Of a variable: a `VariableChange`; empty while it is not known."""


def texts(card: DeploymentCard) -> dict[str, str]:
    """Return the text that each field begins with."""
    same = ("name", "ready_path", "memory_mb", "min_instances", "max_instances")
    more = ("concurrency", "idle_timeout_s", "start_timeout_s", "request_timeout_s")
    return {
        **{name: str(getattr(card, name)) for name in (*same, *more)},
        "image": card.image_name,
        "cpu": f"{card.cpu:g}",
        "instances": str(card.wanted_instances),
        "env": "[]",
    }


def edits(card: DeploymentCard, draft: Mapping[str, str]) -> list[Edit]:
    """Return what a draft would change; what was typed back to what it was is no change."""
    before = texts(card)
    differing = [
        name
        for names in FACTS.values()
        for name in names
        if name in draft and name != "env" and not same(name, before[name], draft[name])
    ]
    made = [Edit(name, before[name], draft[name].strip()) for name in differing]
    return [*made, *_of_variables(card, draft["env"])] if "env" in draft else made


def same(name: str, one: str, other: str) -> bool:
    """Say whether two texts of a field mean the same."""
    try:
        return bool(forms.value(name, one) == forms.value(name, other))
    except Invalid:
        return one.strip() == other.strip()


def _of_variables(card: DeploymentCard, text: str) -> list[Edit]:
    known = {each.name: each for each in card.env}
    try:
        found = env_fields.edits(text)
    except Invalid:
        return [Edit("env", "", "")]
    return [_of_variable(name, edit, known.get(name)) for name, edit in found.items()]


def _of_variable(name: str, edit: VariableEdit | None, known: Variable | None) -> Edit:
    before = (known and known.value) or ""
    if edit is None:
        return Edit("env", before[:LONGEST_VALUE], "", name, VariableChange.REMOVED)
    if edit.value is None:
        return Edit("env", "", "", name, VariableChange.HIDDEN if edit.secret else VariableChange.SHOWN)
    shown = edit.secret is False or (edit.secret is None and known is not None and not known.secret)
    change = VariableChange.CHANGED if known else VariableChange.ADDED
    told = shown and len(edit.value) <= LONGEST_VALUE
    return Edit("env", before if told else "", edit.value if told else "", name, change)
