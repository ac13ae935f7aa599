"""Looks as the monitor takes them, at moments that a test chooses."""

from datetime import UTC, datetime, timedelta

from deploy_ui.metrics.sample import Sample
from deploy_ui.monitor.look import Collector, Look
from deploy_ui.services.deployments import DeploymentCard
from deploy_ui.services.monitoring.subjects import subjects

NOW = datetime(2030, 1, 1, 12, tzinfo=UTC)


def at(second: float) -> datetime:
    """Return a moment, counted from when the first look begins."""
    return NOW + timedelta(seconds=second)


class Rounds:
    """Takes one look after the other with one collector."""

    def __init__(self, collector: Collector) -> None:
        self._collector = collector

    def look(self, since: float, until: float) -> Look:
        """Look at what happened between two moments."""
        found = subjects()
        look = Look(at(since), at(until), until - since, found, {each.id: Sample() for each in found})
        self._collector.collect(look)
        return look

    def counters(self, card: DeploymentCard, since: float, until: float) -> dict[str, float]:
        """Look, and return what was counted of one deployment."""
        return self.look(since, until).samples[card.id].counters

    def gauges(self, card: DeploymentCard, since: float, until: float) -> dict[str, float]:
        """Look, and return what is so now of one deployment."""
        return {name: each.mean for name, each in self.look(since, until).samples[card.id].gauges.items()}
