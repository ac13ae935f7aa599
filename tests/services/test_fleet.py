from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from redis import Redis
from sqlmodel import col, select

from deploy_ui import clock, hints, vault
from deploy_ui.db import reading, transaction
from deploy_ui.enums import EventKind, ImageStatus, InstanceStatus, Phase, Reason, Wish
from deploy_ui.gateway.routes import Grant
from deploy_ui.models import Event
from deploy_ui.services import deployments, events, fleet, instances, keys
from deploy_ui.services.deployments import DeploymentCard
from deploy_ui.services.fleet import Member, Record
from deploy_ui.services.viewer import Viewer
from tests import factories
from tests.waiting import eventually

NOW = datetime(2030, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def editor(database: str) -> Viewer:  # noqa: ARG001 -- needs its tables
    return factories.viewer()


@pytest.fixture
def card(editor: Viewer) -> DeploymentCard:
    return factories.deployment(editor, name="Iris")


def member() -> Member:
    [only] = fleet.members()
    return only


def add(card: DeploymentCard, key: str = "aaaaaa", *, at: datetime = NOW) -> Record:
    fleet.add_instance(card.id, key, revision=1, image_id=card.image_id, now=at)
    return Record(key, 1, InstanceStatus.PENDING, created_at=at)


def save(card: DeploymentCard, phase: Phase, *, reason: Reason = Reason.NONE, at: datetime = NOW) -> bool:
    return fleet.save_status(
        card.id, generation=card.generation, phase=phase, reason=reason, message="", ready_instances=1, now=at
    )


def test_a_member_holds_all_that_is_wanted(editor: Viewer) -> None:
    image = factories.image(
        editor,
        entry="main.py",
        command="python main.py",
        ready_path="/ready",
        environment="e1",
        env_sealed=vault.seal({"A": "image", "B": "image"}),
    )
    card = factories.deployment(
        editor, image_id=image.id, cpu=2, memory_mb=512, concurrency=3, max_instances=4, env={"B": "own"}
    )
    key = keys.create(editor, card.slug, name="ci", addresses=["10.0.0.0/8"]).row
    deployments.scale(editor, card.slug, 3)
    seen = member()
    assert (seen.slug, seen.wish, seen.wanted, seen.generation, seen.revision) == (card.slug, Wish.RUN, 3, 2, 1)
    assert (seen.image_id, seen.image_status, seen.image_deleted) == (image.id, ImageStatus.READY, False)
    assert (seen.image_entry, seen.image_command, seen.image_environment) == ("main.py", "python main.py", "e1")
    assert (seen.cpu, seen.memory_mb, seen.concurrency, seen.ready_path) == (2, 512, 3, "/ready")
    assert (seen.env, seen.env_readable) == ({"A": "image", "B": "own"}, True)
    assert seen.grants == (Grant(key.id, ("10.0.0.0/8",)),)


def test_a_members_variables_are_not_in_its_repr(editor: Viewer) -> None:
    factories.deployment(editor, env={"TOKEN": "hunter2"})
    assert "hunter2" not in repr(member())


def test_a_members_own_ready_path_comes_before_the_images(editor: Viewer) -> None:
    factories.deployment(editor, ready_path="/own")
    assert member().ready_path == "/own"


def test_variables_whose_sealing_key_is_gone_are_told_and_hide_no_other_member(editor: Viewer, data_dir: Path) -> None:
    factories.deployment(editor, name="a", env={"A": "1"})
    (data_dir / "keys" / "seal.key").unlink()
    factories.deployment(editor, name="b", env={"B": "1"})
    assert [(each.name, each.env, each.env_readable) for each in fleet.members()] == [
        ("a", {}, False),
        ("b", {"B": "1"}, True),
    ]


def test_a_deleted_deployment_is_a_member_until_the_controller_is_done_with_it(
    editor: Viewer, card: DeploymentCard
) -> None:
    deleted = deployments.delete(editor, card.slug)
    assert (member().wish, fleet.deleted_slugs()) == (Wish.DELETE, [])
    save(deleted, Phase.DELETED)
    assert fleet.members() == []
    assert fleet.deleted_slugs() == ["iris"]


def test_an_instance_is_remembered_as_it_was_written(card: DeploymentCard) -> None:
    record = add(card)
    assert member().records == (record,)
    moments: dict[str, Any] = {
        "started_at": NOW,
        "loading_at": NOW + timedelta(seconds=1),
        "ready_at": NOW + timedelta(seconds=2),
    }
    ready = replace(record, status=InstanceStatus.READY, address="127.0.0.1:4000", **moments)
    fleet.save_instance(ready, peak_memory_mb=12, node="here")
    assert member().records == (ready,)


def test_live_instances_are_remembered_and_ended_ones_for_ten_minutes(
    card: DeploymentCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    for key, ended in [("aaaaaa", NOW - timedelta(minutes=11)), ("bbbbbb", NOW - timedelta(minutes=9))]:
        record = add(card, key, at=NOW - timedelta(hours=1))
        fleet.save_instance(replace(record, status=InstanceStatus.FAILED, reason=Reason.CRASHED, ended_at=ended))
    add(card, "cccccc", at=NOW - timedelta(days=9))
    assert [record.key for record in member().records] == ["cccccc", "bbbbbb"]


@pytest.mark.parametrize(
    ("status", "reason", "told"),
    [
        (InstanceStatus.FAILED, Reason.CRASHED, 1),
        (InstanceStatus.FAILED, Reason.OUT_OF_MEMORY, 1),
        (InstanceStatus.STOPPED, Reason.EXITED, 1),
        (InstanceStatus.STOPPED, Reason.SCALED_DOWN, 0),
        (InstanceStatus.STOPPED, Reason.IDLE, 0),
        (InstanceStatus.STOPPED, Reason.REPLACED, 0),
        (InstanceStatus.STOPPED, Reason.SHUT_DOWN, 0),
        (InstanceStatus.UNHEALTHY, Reason.NOT_ANSWERING, 0),
    ],
)
def test_the_timeline_tells_once_of_an_instance_that_ended_by_itself(
    editor: Viewer, card: DeploymentCard, status: InstanceStatus, reason: Reason, told: int
) -> None:
    ended = replace(add(card), status=status, reason=reason, exit_code=1, ended_at=NOW)
    fleet.save_instance(ended)
    fleet.save_instance(ended)
    fleet.save_instance(replace(ended, message="more words"))
    rows = [row for row in events.rows(editor, card.slug) if row.kind == EventKind.INSTANCE_ENDED]
    assert [row.facts for row in rows] == [{"instance": "aaaaaa", "reason": reason.value, "exit_code": 1}] * told


def test_an_instance_that_nobody_wrote_down_is_passed_over(card: DeploymentCard) -> None:
    fleet.save_instance(Record("zzzzzz", 1, InstanceStatus.READY))
    assert (member().id, member().records) == (card.id, ())


def test_a_status_is_written_once(editor: Viewer, card: DeploymentCard) -> None:
    assert save(card, Phase.RUNNING)
    assert not save(card, Phase.RUNNING, at=NOW + timedelta(hours=1))
    shown = deployments.card(editor, card.slug)
    assert (shown.phase, shown.phase_since, shown.ready_instances, shown.settled) == (Phase.RUNNING, NOW, 1, True)


def test_the_timeline_tells_of_phases_and_not_of_reasons(editor: Viewer, card: DeploymentCard) -> None:
    save(card, Phase.FAILED, reason=Reason.CRASHED)
    save(card, Phase.FAILED, reason=Reason.BACK_OFF, at=NOW + timedelta(hours=1))
    rows = [row for row in events.rows(editor, card.slug) if row.kind == EventKind.PHASE]
    assert [row.facts for row in rows] == [{"phase": "failed", "before": "pending", "reason": "crashed"}]
    assert deployments.card(editor, card.slug).phase_since == NOW


def test_a_status_of_an_older_generation_is_not_settled(editor: Viewer, card: DeploymentCard) -> None:
    deployments.stop(editor, card.slug)
    save(card, Phase.RUNNING)
    assert not deployments.card(editor, card.slug).settled


def test_what_a_person_wants_is_never_overwritten_by_what_the_controller_saw(
    editor: Viewer, card: DeploymentCard
) -> None:
    phases = [Phase.RUNNING, Phase.DEGRADED, Phase.FAILED, Phase.STARTING] * 5

    def want(number: int) -> None:
        (deployments.stop if number % 2 else deployments.start)(editor, card.slug)

    with ThreadPoolExecutor(4) as pool:
        wanted = pool.map(want, range(1, 21))
        seen = pool.map(lambda phase: save(card, phase), phases)
        list(wanted)
        list(seen)
    stopped = deployments.stop(editor, card.slug)
    assert (stopped.wish, stopped.name) == (Wish.STOP, card.name)


def test_the_newest_request_is_remembered(editor: Viewer, card: DeploymentCard) -> None:
    for at in (NOW, NOW - timedelta(minutes=1)):
        fleet.saw_requests(card.slug, at)
    assert deployments.card(editor, card.slug).last_request_at == NOW


def test_old_instances_are_forgotten_beyond_the_newest_two_hundred(editor: Viewer, card: DeploymentCard) -> None:
    for number in range(204):
        at = NOW - timedelta(days=9) + timedelta(minutes=number)
        record = add(card, f"{number:06}", at=at)
        if number != 1:
            fleet.save_instance(replace(record, status=InstanceStatus.STOPPED, reason=Reason.REPLACED, ended_at=at))
    assert fleet.forget_old_instances(NOW - timedelta(days=7), 3) == []
    assert sorted(fleet.forget_old_instances(NOW, 3)) == ["000000", "000002", "000003"]
    assert fleet.forget_old_instances(NOW, 3) == []
    assert len(instances.rows(editor, card.slug)) == 200


def test_old_events_of_the_product_are_forgotten_and_those_of_people_stay(card: DeploymentCard) -> None:
    with transaction() as session:
        events.record(session, card.id, EventKind.SCALED, to=2)
        for _ in range(502):
            events.record(session, card.id, EventKind.PHASE, phase="failed")
    tomorrow = clock.now() + timedelta(days=1)
    assert fleet.forget_old_events(tomorrow, 3) == 0
    assert fleet.forget_old_events(tomorrow, 0) == 3
    assert fleet.forget_old_events(tomorrow, 0) == 0
    with reading() as session:
        kinds = session.exec(select(Event.kind).order_by(col(Event.id))).all()
    assert (kinds[:2], len(kinds)) == ([EventKind.CREATED, EventKind.PHASE], 501)


def test_words_that_no_database_stores_are_cleaned(editor: Viewer, card: DeploymentCard) -> None:
    hostile = "boom\0 \ud800" + "x" * 9000
    fleet.save_instance(replace(add(card), message=hostile))
    fleet.save_status(
        card.id,
        generation=1,
        phase=Phase.FAILED,
        reason=Reason.CRASHED,
        message=hostile,
        ready_instances=0,
        now=NOW,
    )
    stored = "boom " + "x" * 3995
    assert instances.rows(editor, card.slug)[0].message == deployments.card(editor, card.slug).message == stored


def test_what_changes_is_told_to_those_who_watch(card: DeploymentCard, redis: Redis) -> None:
    with redis.pubsub() as heard:  # type: ignore[no-untyped-call]
        heard.psubscribe(hints.CHANNEL + "*")
        eventually(heard.get_message)
        save(card, Phase.RUNNING)
        save(card, Phase.RUNNING)
        add(card)
        channels = [eventually(heard.get_message)["channel"].decode() for _ in range(3)]
        assert heard.get_message() is None
    assert channels == [hints.CHANNEL + each for each in ("deployments", "deployment:iris", "deployment:iris")]


def test_the_heartbeat_expires_by_itself(redis: Redis, editor: Viewer) -> None:  # noqa: ARG001 -- both databases
    fleet.beat()
    assert redis.ttl(fleet.HEARTBEAT) in range(1, fleet.HEARTBEAT_S + 1)


def test_the_controller_goes_on_without_redis(card: DeploymentCard) -> None:
    fleet.beat()
    assert save(card, Phase.RUNNING)
