"""The Instances tab: running and ended copies."""

import asyncio
from dataclasses import dataclass
from datetime import datetime

import reflex as rx

from deploy_ui.enums import InstanceStatus, Reason
from deploy_ui.errors import AppError
from deploy_ui.services import deployments, instances
from deploy_ui.services.cards import DeploymentCard
from deploy_ui.services.instances import InstanceRow
from deploy_ui.states.deployment.card import open_tab
from deploy_ui.states.session import live

LOOK_EVERY_S = 2
FULL = 100


@dataclass(frozen=True)
class InstanceLine:
    """One instance, as its row says it."""

    key: str
    status: InstanceStatus
    reason: Reason
    message: str
    revision: int
    started_at: datetime | None
    ready_in: str
    """Seconds from start to readiness; empty while it is not ready."""
    ended_at: datetime | None
    lived: str
    exit_code: str
    restarts: int
    node: str
    cpu: str
    cpu_percent: int
    """Of its share; at most 100."""
    memory: str
    memory_percent: int


class InstancesState(rx.State):
    """The newest 200."""

    running: list[InstanceLine] = []
    ended: list[InstanceLine] = []
    loaded: bool = False

    @rx.event(background=True)
    async def follow(self) -> None:
        """Keep the rows true while the tab is open; use of CPU and memory moves without a hint."""
        async with self:
            slug = await open_tab(self, "instances")
            self.loaded = False
        if not slug:
            return
        async for viewer in live(self, f"deployment:{slug}", every_s=LOOK_EVERY_S):
            try:
                card = await asyncio.to_thread(deployments.card, viewer, slug)
                rows = await asyncio.to_thread(instances.rows, viewer, slug)
            except AppError:
                return  # the card itself says why
            lines = [line(each, card) for each in rows]
            async with self:
                self.running = [each for each in lines if not each.status.ended]
                self.ended = [each for each in lines if each.status.ended]
                self.loaded = True


def line(row: InstanceRow, card: DeploymentCard) -> InstanceLine:
    """Return what the table says of one instance."""
    cpu, memory = row.cpu_cores, row.memory_mb if row.ended_at is None else row.peak_memory_mb
    return InstanceLine(
        key=row.key,
        status=row.status,
        reason=row.reason,
        message=row.message,
        revision=row.revision,
        started_at=row.started_at or row.created_at,
        ready_in=seconds(row.started_at, row.ready_at),
        ended_at=row.ended_at,
        lived=seconds(row.started_at or row.created_at, row.ended_at),
        exit_code="" if row.exit_code is None else str(row.exit_code),
        restarts=row.restarts,
        node=row.node,
        cpu="" if cpu is None else f"{cpu:.2f}",
        cpu_percent=percent(cpu, card.cpu),
        memory="" if memory is None else f"{memory}",
        memory_percent=percent(memory, card.memory_mb),
    )


def seconds(start: datetime | None, end: datetime | None) -> str:
    """Return a span the way people read it: `5.8 s`, `2:38:00`; empty when it has no end yet."""
    if start is None or end is None:
        return ""
    span = (end - start).total_seconds()
    if span < 60:  # noqa: PLR2004 - a minute
        return f"{max(span, 0):.1f} s"
    hours, rest = divmod(round(span), 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"


def percent(part: float | None, whole: float) -> int:
    """Return a share of a limit, 0 to 100."""
    return 0 if part is None else max(0, min(FULL, round(FULL * part / whole)))
