"""Why a deployment does not serve as it should: the newest instance that ended by itself, and its last words."""

from dataclasses import dataclass

from deploy_ui.enums import InstanceStatus, Phase
from deploy_ui.services import deployments, instances, logs
from deploy_ui.services.log_rows import LogRow
from deploy_ui.services.viewer import Viewer

EXCERPT = 14
"""Lines of a failed instance's log on the card."""
TROUBLED = {Phase.FAILED, Phase.DEGRADED}


@dataclass(frozen=True)
class Failure:
    """The newest instance that ended by itself."""

    instance: str
    exit_code: str
    """Empty while nobody knows it."""
    times: int
    """How many of its revision ended by themselves so far, this one included."""
    lines: list[LogRow]


def failure(viewer: Viewer, slug: str) -> Failure | None:
    """Return what went wrong; nothing while all is well, or when no instance is to blame."""
    if deployments.card(viewer, slug).phase not in TROUBLED:
        return None
    ended = [each for each in instances.rows(viewer, slug) if each.status == InstanceStatus.FAILED]
    if not ended:
        return None
    newest = max(ended, key=lambda each: each.created_at)
    return Failure(
        instance=newest.key,
        exit_code="" if newest.exit_code is None else str(newest.exit_code),
        times=newest.restarts + 1,
        lines=logs.tail(viewer, slug, instance=newest.key, limit=EXCERPT),
    )
