"""Facts of the General tab that are being edited: which fields they have, and what would change. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from deploy_ui.errors import Invalid
from deploy_ui.services.cards import DeploymentCard
from deploy_ui.states import forms

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
    """One field whose value would change."""

    field: str
    before: str
    after: str


def texts(card: DeploymentCard) -> dict[str, str]:
    """Return the text that each field begins with."""
    same = ("name", "ready_path", "memory_mb", "min_instances", "max_instances")
    more = ("concurrency", "idle_timeout_s", "start_timeout_s", "request_timeout_s")
    return {
        **{name: str(getattr(card, name)) for name in (*same, *more)},
        "image": card.image_name,
        "cpu": f"{card.cpu:g}",
        "instances": str(card.wanted_instances),
        "env": "",
    }


def edits(card: DeploymentCard, draft: Mapping[str, str]) -> list[Edit]:
    """Return what a draft would change; what was typed back to what it was is no change."""
    before = texts(card)
    return [
        Edit(name, before[name], _shown(name, draft[name]))
        for names in FACTS.values()
        for name in names
        if name in draft and not same(name, before[name], draft[name])
    ]


def same(name: str, one: str, other: str) -> bool:
    """Say whether two texts of a field mean the same."""
    try:
        return bool(forms.value(name, one) == forms.value(name, other))
    except Invalid:
        return one.strip() == other.strip()


def _shown(name: str, text: str) -> str:
    """Return a value for the Save bar; of variables only their names, because values are secret."""
    if name != "env":
        return text.strip()
    try:
        variables = forms.env(text)
    except Invalid:
        return ""
    return ", ".join(name if value is not None else f"−{name}" for name, value in variables.items())
