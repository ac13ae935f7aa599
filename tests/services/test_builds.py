from contextlib import closing
from datetime import datetime, timedelta
from typing import Any

import pytest
from redis import Redis

from deploy_ui import clock, queue
from deploy_ui.builds.base import Built
from deploy_ui.builds.hold import hold
from deploy_ui.builds.log import LogWriter
from deploy_ui.db import transaction
from deploy_ui.enums import BuildStep, ImageStatus
from deploy_ui.models import Image
from deploy_ui.services import build_logs, builds, images, rebuilds
from deploy_ui.services.builds import Claim
from deploy_ui.services.image_cards import ImageCard
from deploy_ui.services.viewer import Viewer
from deploy_ui.settings import settings
from tests import factories

pytestmark = pytest.mark.usefixtures("database")
NOW = clock.now()
BUILT = Built(digest="d", environment="e", lock="a==1", size_bytes=7, request_schema={"type": "object"})


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


@pytest.fixture
def editor() -> Viewer:
    return factories.viewer()


@pytest.fixture
def waiting(editor: Viewer) -> Image:
    return factories.image(editor, status=ImageStatus.QUEUED, created_at=NOW, started_at=None, finished_at=None)


@pytest.fixture
def held(waiting: Image) -> Claim:
    claim = builds.claim(waiting.id, NOW)
    assert claim
    return claim


def change(image_id: str, **values: Any) -> None:
    with transaction() as session:
        image = session.get_one(Image, image_id)
        for name, value in values.items():
            setattr(image, name, value)


@pytest.fixture
def card(editor: Viewer, held: Claim) -> Any:
    def read() -> ImageCard:
        return images.card(editor, held.image_id)

    return read


def test_a_build_is_claimed_once(waiting: Image) -> None:
    first, second = builds.claim(waiting.id, NOW), builds.claim(waiting.id, NOW)
    assert (first and first.attempt, second) == (1, None)


@pytest.mark.parametrize("status", [each for each in ImageStatus if each != ImageStatus.QUEUED])
def test_only_a_waiting_build_is_claimed(editor: Viewer, status: ImageStatus) -> None:
    assert builds.claim(factories.image(editor, status=status).id, NOW) is None


def test_an_unknown_image_is_not_claimed() -> None:
    assert builds.claim("img_nothing", NOW) is None


def test_a_deleted_image_is_not_claimed(editor: Viewer, waiting: Image) -> None:
    images.delete(editor, waiting.id)
    assert builds.claim(waiting.id, NOW) is None


def test_steps_are_timed(held: Claim, card: Any) -> None:
    builds.begin_step(held, BuildStep.CHECK, later(1))
    builds.begin_step(held, BuildStep.RESOLVE, later(3))
    assert [(step.step, step.offset_s, step.duration_s, step.state) for step in card().steps] == [
        (BuildStep.CHECK, 1.0, 2.0, "ok"),
        (BuildStep.RESOLVE, 3.0, 0.0, "running"),
    ]


def test_a_finished_build_is_ready(held: Claim, card: Any) -> None:
    builds.begin_step(held, BuildStep.CHECK, later(1))
    builds.finish(held, BUILT, later(2))
    now = card()
    assert (now.status, now.digest, now.environment, now.lock, now.size_bytes) == (
        *(ImageStatus.READY, "d", "e", "a==1", 7),
    )
    assert (now.steps[-1].state, now.finished_at, now.request_schema) == ("ok", later(2), {"type": "object"})


def test_a_failed_build_says_what_failed_and_in_which_step(held: Claim, card: Any) -> None:
    builds.begin_step(held, BuildStep.RESOLVE, later(1))
    builds.fail(held, "package_unknown", {"name": "nosuch"}, later(2))
    now = card()
    assert (now.status, now.reason, now.facts, now.steps[-1].state) == (
        *(ImageStatus.FAILED, "package_unknown", {"name": "nosuch"}, "failed"),
    )


def test_a_build_is_wanted_until_it_is_canceled(editor: Viewer, held: Claim) -> None:
    assert builds.wanted(held)
    images.cancel(editor, held.image_id)
    assert not builds.wanted(held)


def test_a_canceled_build_ends_canceled_even_if_it_was_just_finished(editor: Viewer, held: Claim, card: Any) -> None:
    images.cancel(editor, held.image_id)
    builds.finish(held, BUILT, NOW)
    assert card().status == ImageStatus.CANCELED


def test_deleting_an_image_cancels_its_build(editor: Viewer, held: Claim) -> None:
    images.delete(editor, held.image_id)
    assert not builds.wanted(held)


def test_variables_whose_sealing_key_is_gone_fail_the_build(editor: Viewer, waiting: Image) -> None:
    change(waiting.id, env_sealed="nonsense")
    assert builds.claim(waiting.id, NOW) is None
    now = images.card(editor, waiting.id)
    assert (now.status, now.reason, now.env_names) == (ImageStatus.FAILED, "env_unreadable", [])


class TestALostWorker:
    def test_is_waited_for_while_its_heart_beats(self, held: Claim) -> None:
        builds.beat(held, later(10))
        assert builds.stale(later(20)) == []

    def test_is_missed_at_once_when_its_process_is_gone(self, held: Claim) -> None:
        (settings().images_dir / held.image_id).mkdir(parents=True)
        with hold(held.image_id):
            assert builds.stale(later(3600)) == []  # the clock was set, or nobody could write
        assert builds.stale(later(1)) == [held.image_id]

    def test_is_replaced_once(self, held: Claim, card: Any) -> None:
        assert builds.stale(later(16)) == [held.image_id]
        assert card().status == ImageStatus.QUEUED

    def test_writes_nothing_when_it_comes_back(self, held: Claim, card: Any) -> None:
        builds.stale(later(16))
        second = builds.claim(held.image_id, later(17))
        assert second
        builds.beat(held, later(18))
        builds.begin_step(held, BuildStep.SEAL, later(18))
        builds.finish(held, BUILT, later(18))
        builds.fail(held, "disk_full", {}, later(18))
        assert (card().status, card().steps, builds.wanted(held)) == (ImageStatus.BUILDING, [], False)

    def test_fails_the_build_when_it_happens_again(self, held: Claim, card: Any) -> None:
        builds.stale(later(16))
        builds.claim(held.image_id, later(17))
        assert builds.stale(later(40)) == []
        assert (card().status, card().reason) == (ImageStatus.FAILED, "build_worker_lost")

    def test_is_forgiven_when_a_person_builds_again(self, editor: Viewer, held: Claim) -> None:
        for seconds in (16, 40):
            builds.stale(later(seconds))
            builds.claim(held.image_id, later(seconds + 1))
        rebuilds.again(editor, held.image_id)
        builds.claim(held.image_id, later(60))
        assert builds.stale(later(80)) == [held.image_id]

    def test_of_a_canceled_build_is_not_replaced(self, editor: Viewer, held: Claim, card: Any) -> None:
        images.cancel(editor, held.image_id)
        assert builds.stale(later(16)) == []
        assert card().status == ImageStatus.CANCELED


def test_a_build_that_redis_lost_is_asked_for_again_once_in_a_while(redis: Redis, waiting: Image) -> None:
    assert builds.stale(later(3)) == []
    assert builds.stale(later(5)) == [waiting.id]
    redis.flushall()
    assert builds.stale(later(8)) == []
    assert builds.stale(later(10)) == [waiting.id]


def test_a_build_that_waits_in_the_queue_is_not_asked_for_again(redis: Redis, waiting: Image) -> None:
    queue.enqueue(queue.Job.BUILD_IMAGE, waiting.id)
    assert builds.stale(later(60)) == []
    assert redis.llen(f"rq:queue:{queue.QUEUE}") == 1


@pytest.mark.usefixtures("database", "waiting")
def test_without_redis_nothing_is_asked_for_in_vain() -> None:
    assert builds.stale(later(60)) == []


def test_the_log_is_read_by_everybody_who_may_look(editor: Viewer, waiting: Image) -> None:
    with closing(LogWriter(waiting.id)) as writer:
        writer.say("a")
        writer.say("b", "stderr")
    first = build_logs.after(editor, waiting.id, limit=1)
    rest = build_logs.after(editor, waiting.name, first[0].cursor)
    assert [(line.text, line.stream) for line in [*first, *rest]] == [("a", "platform"), ("b", "stderr")]
