"""The monitor's looks: what one part cannot measure does not keep the others from it."""

import logging
from datetime import timedelta
from pathlib import Path

import pytest

from deploy_ui import clock
from deploy_ui.metrics.store import Reader
from deploy_ui.monitor import loop
from deploy_ui.monitor.archive import Archive
from deploy_ui.monitor.look import Look
from deploy_ui.monitor.loop import Looks
from deploy_ui.services import deployments
from deploy_ui.settings import settings
from tests import factories

pytestmark = pytest.mark.usefixtures("database")


class Counting:
    """A collector that counts one."""

    def collect(self, look: Look) -> None:
        for sample in look.samples.values():
            sample.count("retries")


class Failing:
    """A collector that cannot measure anything."""

    def collect(self, look: Look) -> None:
        raise OSError(f"nothing to be had at {look.until}")


def retries(folder: Path, deployment: int) -> float:
    return Reader(folder).total(deployment, 0, 1 << 40).counters.get("retries", 0)


def test_a_part_that_fails_is_told_once_and_the_others_measure_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    card = factories.deployment()
    looks, archive = Looks([Failing(), Counting()], clock.now()), Archive(tmp_path, 3)
    for _ in range(3):
        archive.keep(looks.take())
    archive.close()
    assert retries(tmp_path, card.id) == 3
    assert caplog.text.count("Failing cannot measure") == 1


def test_a_deployment_that_is_renamed_is_measured_on_and_one_that_is_deleted_until_it_is_gone(tmp_path: Path) -> None:
    editor = factories.viewer()
    card = factories.deployment(editor)
    looks, archive = Looks([Counting()], clock.now()), Archive(tmp_path, 3)
    archive.keep(looks.take())
    deployments.change(editor, card.slug, deployments.Change(name="Another name"))
    archive.keep(looks.take())
    deployments.delete(editor, card.slug)
    archive.keep(looks.take())
    archive.close()
    assert retries(tmp_path, card.id) == 3


def test_a_monitor_goes_on_from_the_last_look_of_the_one_before() -> None:
    factories.deployment()
    archive = Archive(settings().metrics_dir, 3)
    archive.keep(Looks([], clock.now()).take())
    archive.close()
    assert abs(loop._last_look() - clock.now()) <= timedelta(seconds=15)
    looked: list[Look] = []

    class Looking:
        def collect(self, look: Look) -> None:
            looked.append(look)

    since = clock.now() - timedelta(minutes=10)
    Looks([Looking()], since).take()
    assert looked[0].since == since
    assert looked[0].seconds == pytest.approx(600, abs=5)
    assert looked[0].watched_s == 60


def test_looks_are_due_at_whole_stretches_of_the_clock() -> None:
    looks = Looks([], clock.now())
    assert 0 < looks.pause() <= 15
