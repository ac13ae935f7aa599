"""Rules are judged at every look, fast, and alike after a restart or a jump of the clock."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from deploy_ui.db import transaction
from deploy_ui.enums import ImageStatus, Phase, Reason
from deploy_ui.enums.alerts import AlertKind
from deploy_ui.metrics.sample import Gauge, Sample
from deploy_ui.metrics.store import Reader, Writer
from deploy_ui.models import Deployment, Image
from deploy_ui.monitor.alerts import AlertWatch
from deploy_ui.monitor.look import Look
from deploy_ui.services import deployments
from deploy_ui.services.alerts import board, rules, watching
from deploy_ui.services.alerts.conditions import Standing
from deploy_ui.services.alerts.templates import terms
from deploy_ui.services.alerts.watching import Rule, Subject
from deploy_ui.services.cards import DeploymentCard
from deploy_ui.services.viewer import Viewer
from tests import factories

START = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)
FAST_S = 0.1


@pytest.fixture
def editor(database: str) -> Viewer:
    assert database
    return factories.viewer()


@pytest.fixture
def card(editor: Viewer) -> DeploymentCard:
    made = factories.deployment(editor)
    factories.seen(made, Phase.RUNNING, ready=1)
    return made


def watch(folder: Path) -> AlertWatch:
    return AlertWatch(Reader(folder), lambda: None)


def look(number: int, card: DeploymentCard, sample: Sample | None = None, start: datetime = START) -> Look:
    until = start + timedelta(seconds=15 * number)
    return Look(until - timedelta(seconds=15), until, 15.0, [], {card.id: sample or Sample({"seconds": 15})})


def bad() -> Sample:
    return Sample({"seconds": 15, "requests:1:200": 50, "requests:1:500": 50})


def good() -> Sample:
    return Sample({"seconds": 15, "requests:1:200": 100})


def fires(editor: Viewer, card: DeploymentCard) -> list[AlertKind]:
    return [each.kind for each in board.firing(editor, card.slug)]


def test_errors_fire_and_are_over_when_they_left_the_window(
    editor: Viewer, card: DeploymentCard, tmp_path: Path
) -> None:
    watching_it = watch(tmp_path)
    watching_it.collect(look(0, card, bad()))
    assert fires(editor, card) == [AlertKind.ERROR_RATE]
    for number in range(1, 40):
        watching_it.collect(look(number, card, good()))
    assert fires(editor, card) == []


def test_no_ready_instance_fires_after_five_minutes_without_any_traffic(
    editor: Viewer, card: DeploymentCard, tmp_path: Path
) -> None:
    factories.seen(card, Phase.FAILED, ready=0)
    watching_it = watch(tmp_path)
    for number in range(20):
        watching_it.collect(look(number, card))
        assert fires(editor, card) == []
    watching_it.collect(look(20, card))
    assert fires(editor, card) == [AlertKind.NOT_READY]


def test_a_pending_rule_goes_on_counting_after_a_restart(editor: Viewer, card: DeploymentCard, tmp_path: Path) -> None:
    factories.seen(card, Phase.FAILED, ready=0)
    before = watch(tmp_path)
    for number in range(12):
        before.collect(look(number, card))
    after = watch(tmp_path)
    for number in range(12, 20):
        after.collect(look(number, card))
    assert fires(editor, card) == []
    after.collect(look(20, card))
    assert fires(editor, card) == [AlertKind.NOT_READY]


def test_what_fires_goes_on_firing_after_a_restart(editor: Viewer, card: DeploymentCard, tmp_path: Path) -> None:
    watch(tmp_path).collect(look(0, card, bad()))
    watch(tmp_path).collect(look(1, card))
    assert fires(editor, card) == [AlertKind.ERROR_RATE]


def test_a_restart_does_not_forget_the_errors_before_it(editor: Viewer, card: DeploymentCard, tmp_path: Path) -> None:
    writer = Writer(tmp_path)
    writer.write(int(START.timestamp()) - 60, {card.id: Sample({"seconds": 15, "requests:1:500": 15})})
    writer.close()
    watch(tmp_path).collect(look(0, card, Sample({"seconds": 15, "requests:1:500": 10})))
    assert fires(editor, card) == [AlertKind.ERROR_RATE]


@pytest.mark.parametrize("jump", [timedelta(days=3), timedelta(days=-3)])
def test_a_clock_that_jumps_fires_and_resolves_nothing(
    editor: Viewer, card: DeploymentCard, tmp_path: Path, jump: timedelta
) -> None:
    factories.seen(card, Phase.FAILED, ready=0)
    watching_it = watch(tmp_path)
    for number in range(5):
        watching_it.collect(look(number, card))
    watching_it.collect(look(6, card, start=START + jump))
    assert fires(editor, card) == []
    watching_it.collect(look(7, card, bad(), start=START + jump))
    factories.seen(card, Phase.RUNNING, ready=1)
    watching_it.collect(look(8, card, bad(), start=START + jump))
    firing = fires(editor, card)
    watching_it.collect(look(9, card))
    assert fires(editor, card) == firing == [AlertKind.ERROR_RATE]


def test_stopping_it_ends_all_alerts(editor: Viewer, card: DeploymentCard, tmp_path: Path) -> None:
    watching_it = watch(tmp_path)
    watching_it.collect(look(0, card, bad()))
    deployments.stop(editor, card.slug)
    watching_it.collect(look(1, card))
    assert fires(editor, card) == []


def test_deleting_it_ends_all_alerts_even_when_it_is_gone_at_once(
    editor: Viewer, card: DeploymentCard, tmp_path: Path
) -> None:
    watching_it = watch(tmp_path)
    watching_it.collect(look(0, card, bad()))
    deployments.delete(editor, card.slug)
    factories.seen(deployments.card(editor, card.slug), Phase.DELETED)
    watching_it.collect(look(1, card))
    assert fires(editor, card) == []
    assert watching.watched() == {}


def test_renaming_it_changes_nothing(editor: Viewer, card: DeploymentCard, tmp_path: Path) -> None:
    watching_it = watch(tmp_path)
    watching_it.collect(look(0, card, bad()))
    deployments.change(editor, card.slug, deployments.Change(name="Another name"))
    watching_it.collect(look(1, card))
    assert fires(editor, card) == [AlertKind.ERROR_RATE]


def test_a_build_that_failed_fires_until_there_is_another(editor: Viewer, card: DeploymentCard, tmp_path: Path) -> None:
    watching_it = watch(tmp_path)
    _set_image(card, ImageStatus.FAILED)
    watching_it.collect(look(0, card))
    assert fires(editor, card) == [AlertKind.BUILD_FAILED]
    _set_image(card, ImageStatus.READY)
    for number in range(1, 6):
        watching_it.collect(look(number, card))
    assert fires(editor, card) == []


def test_a_first_build_that_takes_long_is_no_missing_instance(
    editor: Viewer, card: DeploymentCard, tmp_path: Path
) -> None:
    factories.seen(card, Phase.PENDING, Reason.IMAGE_BUILDING, ready=0)
    watching_it = watch(tmp_path)
    for number in range(40):
        watching_it.collect(look(number, card))
    assert fires(editor, card) == []


def test_a_muted_rule_is_judged_all_the_same(editor: Viewer, card: DeploymentCard, tmp_path: Path) -> None:
    rule = next(each.id for each in rules.rows(editor, card.slug) if each.kind is AlertKind.ERROR_RATE)
    rules.mute(editor, card.slug, rule, None)
    watch(tmp_path).collect(look(0, card, bad()))
    assert [each.muted for each in board.firing(editor, card.slug)] == [True]


def _set_image(card: DeploymentCard, status: ImageStatus) -> None:
    with transaction() as session:
        deployment = session.get_one(Deployment, card.id)
        session.get_one(Image, deployment.image_id).status = status


def busy() -> Sample:
    durations = {f"duration:1:{lower}": 3.0 for lower in range(10_000, 60_000, 1000)}
    counters = {"seconds": 15, "requests:1:200": 150, "requests:1:500": 1, "crashes": 0, **durations}
    gauges = {"memory_limit": 1e9, "oldest": 0.0, "queued": 0, **{f"memory:1:k{each}": 5e8 for each in range(4)}}
    return Sample(counters, {name: Gauge.of(value) for name, value in gauges.items()})


def test_a_thousand_rules_of_two_hundred_busy_deployments_are_judged_within_a_tenth_of_a_second(tmp_path: Path) -> None:
    kinds = (AlertKind.ERROR_RATE, AlertKind.P99, AlertKind.CRASH_LOOP, AlertKind.MEMORY, AlertKind.NOT_READY)
    known = {
        Subject(each, f"d{each}", running=True, serves=True, ready=2, build_failed=False): [
            Rule(each * 10 + place, kind, terms(kind, {}), Standing()) for place, kind in enumerate(kinds)
        ]
        for each in range(1, 201)
    }
    watching_it = watch(tmp_path)
    samples = {each: busy() for each in range(1, 201)}
    spent = []
    for number in range(45):
        at = START + timedelta(seconds=15 * number)
        taken = Look(at, at, 15.0, [], samples)
        before = time.process_time()
        steps = watching_it.judge(known, taken)
        spent.append(time.process_time() - before)
    assert len(steps) == 1000
    assert min(spent[-5:]) < FAST_S
