"""The Instances tab: running and ended copies."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import reflex as rx

from deploy_ui import clock
from deploy_ui.enums import InstanceStatus, Reason
from deploy_ui.errors import AppError
from deploy_ui.services import deployments, instances
from deploy_ui.services.cards import DeploymentCard
from deploy_ui.services.instances import InstanceRow
from deploy_ui.services.starts import ON_ITS_WAY
from deploy_ui.services.viewer import Viewer
from deploy_ui.states.deployment.card import open_tab
from deploy_ui.states.deployment.steps import Step, current
from deploy_ui.states.session import live

LOOK_EVERY_S = 2
FULL = 100
RECENT = timedelta(days=1)
FILTERS: Mapping[str, Callable[[InstanceStatus], bool]] = {
    "running": lambda status: not status.ended,
    "ended": lambda status: status.ended,
    "failed": lambda status: status == InstanceStatus.FAILED,
}
"""What may be asked for, by its word in the address."""


@dataclass(frozen=True)
class InstanceLine:
    """One instance, as its row says it."""

    key: str
    status: InstanceStatus
    reason: Reason
    message: str
    revision: int
    started_at: datetime
    step: Step | None
    """What goes on now on its way to readiness; None for one that is ready or ends."""
    ready_in_s: float | None
    """From start to readiness; None while it is not ready."""
    ended_at: datetime | None
    exit_code: str
    """Empty while nobody knows it."""
    restarts: int
    node: str
    cpu: float | None
    """Cores it uses; None when nobody measures."""
    cpu_percent: int
    """Of its share; at most 100."""
    memory_mb: int | None
    """What it uses, or the most it used before it ended."""
    memory_percent: int


@dataclass(frozen=True)
class Shortage:
    """The newest instance that ran out of memory, and how often that happened lately."""

    instance: str
    times: int


class InstancesState(rx.State):
    """The newest 200, or those of them that `?status=` in the address asks for."""

    shown_slug: str = ""
    shown: str = ""
    """One of `FILTERS`; empty: all."""
    counts: dict[str, int] = {}
    """How many each filter leaves; all of them under the empty one."""
    running: list[InstanceLine] = []
    ended: list[InstanceLine] = []
    shortage: Shortage | None = None
    loaded: bool = False

    @rx.event(background=True)
    async def follow(self) -> None:
        """Keep the rows true while the tab is open; use of CPU and memory moves without a hint."""
        async with self:
            slug = await open_tab(self, "instances")
            asked = str(self.router.url.query_parameters.get("status", ""))
            self.shown = asked if asked in FILTERS else ""
        if not slug:
            return
        async for viewer in live(self, f"deployment:{slug}", every_s=LOOK_EVERY_S):
            try:
                lines = await asyncio.to_thread(_read, viewer, slug)
            except AppError:
                return  # the card itself says why
            async with self:
                self.counts = {name: len(chosen(lines, name)) for name in ("", *FILTERS)}
                shown = chosen(lines, self.shown)
                self.running = [each for each in shown if not each.status.ended]
                self.ended = [each for each in shown if each.status.ended]
                self.shortage = shortage(lines, clock.now())
                self.loaded = True


def line(row: InstanceRow, card: DeploymentCard) -> InstanceLine:
    """Return what the table says of one instance."""
    memory = row.memory_mb if row.ended_at is None else row.peak_memory_mb
    started_at = row.started_at or row.created_at
    return InstanceLine(
        key=row.key,
        status=row.status,
        reason=row.reason,
        message=row.message,
        revision=row.revision,
        started_at=started_at,
        step=current(row) if row.status in ON_ITS_WAY else None,
        ready_in_s=seconds(started_at, row.ready_at),
        ended_at=row.ended_at,
        exit_code="" if row.exit_code is None else str(row.exit_code),
        restarts=row.restarts,
        node=row.node,
        cpu=row.cpu_cores,
        cpu_percent=percent(row.cpu_cores, card.cpu),
        memory_mb=memory,
        memory_percent=percent(memory, card.memory_mb),
    )


def chosen(lines: Sequence[InstanceLine], name: str) -> list[InstanceLine]:
    """Return the instances that a filter leaves; the empty one leaves all."""
    return [each for each in lines if not name or FILTERS[name](each.status)]


def shortage(lines: Sequence[InstanceLine], now: datetime) -> Shortage | None:
    """Return what to say of instances that ran out of memory within the last day."""
    short = [
        each for each in lines if each.reason == Reason.OUT_OF_MEMORY and each.ended_at and now - each.ended_at < RECENT
    ]
    if not short:
        return None
    return Shortage(max(short, key=lambda each: each.ended_at or now).key, len(short))


def seconds(start: datetime, end: datetime | None) -> float | None:
    """Return a span in seconds; None while it has no end yet, 0 where two clocks disagree."""
    return None if end is None else round(max((end - start).total_seconds(), 0), 1)


def percent(part: float | None, whole: float) -> int:
    """Return a share of a limit, 0 to 100."""
    return 0 if part is None else max(0, min(FULL, round(FULL * part / whole)))


def _read(viewer: Viewer, slug: str) -> list[InstanceLine]:
    card = deployments.card(viewer, slug)
    return [line(each, card) for each in instances.rows(viewer, slug)]
