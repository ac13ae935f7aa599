"""The steps of an instance's start as the pages show them. Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from deploy_ui.services.instances import InstanceRow
from deploy_ui.services.starts import Start


class StartStep(StrEnum):
    """What happens between the decision to have an instance and its readiness."""

    QUEUED = "queued"
    STARTING = "starting"
    LOADING = "loading"
    READY = "ready"


@dataclass(frozen=True)
class Step:
    """One step; `at` is None for one that is to come, or that nobody told of."""

    name: StartStep
    at: datetime | None
    seconds: float | None
    """How long it took; None while it lasts."""
    now: bool
    """Whether it is what goes on now."""


def steps(start: Start | InstanceRow) -> list[Step]:
    """Return all four steps; one that nobody told of, as programs of kind `command` do with loading, has no time."""
    moments = [start.created_at, start.started_at, start.loading_at, start.ready_at]
    last = max(number for number, at in enumerate(moments) if at)
    return [
        Step(name, at, _seconds(at, moments[number + 1 :]), now=number == last and name is not StartStep.READY)
        for number, (name, at) in enumerate(zip(StartStep, moments, strict=True))
    ]


def current(start: Start | InstanceRow) -> Step:
    """Return the step that goes on now; the last one when the instance is ready."""
    return [each for each in steps(start) if each.at][-1]


def _seconds(at: datetime | None, later: list[datetime | None]) -> float | None:
    """Return how long a step took: until the next one that anybody told of."""
    end = next(filter(None, later), None)
    return max((end - at).total_seconds(), 0) if at and end else None
