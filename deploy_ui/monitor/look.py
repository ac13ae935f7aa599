"""One look at every deployment: what collectors are given, and where they put what they find."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from deploy_ui.metrics.sample import Sample
from deploy_ui.services.monitoring.subjects import Subject

LONGEST_WATCHED_S = 60.0


@dataclass(frozen=True)
class Look:
    """A stretch of time that has just ended, and the deployments there are at its end."""

    since: datetime
    until: datetime
    seconds: float
    """How long it really was, whatever the clock says."""
    subjects: Sequence[Subject]
    samples: Mapping[int, Sample] = field(default_factory=dict)
    """By the id of the deployment; one for each subject, and for those only."""
    notes: dict[str, bytes] = field(default_factory=dict)
    """What collectors want to be reminded of after a restart, by name; kept together with the samples."""

    @property
    def watched_s(self) -> float:
        """Return how much of it what is seen now may speak for: not for a pause of the monitor."""
        return min(self.seconds, LONGEST_WATCHED_S)

    @property
    def by_slug(self) -> Mapping[str, Sample]:
        """Return the samples by slug."""
        return {each.slug: self.samples[each.id] for each in self.subjects}


class Collector(Protocol):
    """Measures one side of deployments. What it cannot measure it leaves out; it may raise, and others go on."""

    def collect(self, look: Look) -> None:
        """Add to the look's samples."""
