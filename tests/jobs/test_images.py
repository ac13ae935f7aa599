from collections.abc import Callable

import pytest
from rq.timeouts import JobTimeoutException

from deploy_ui import clock
from deploy_ui.builds.base import BuildCanceled, BuildFailed, BuildSpec, Built, Progress
from deploy_ui.enums import BuildStep, ImageStatus
from deploy_ui.jobs import images as job
from deploy_ui.jobs import progress
from deploy_ui.services import builds, images
from deploy_ui.services.image_cards import ImageCard
from deploy_ui.services.viewer import Viewer
from tests import factories
from tests.waiting import eventually

pytestmark = pytest.mark.usefixtures("database")
BUILT = Built(digest="d", environment="e", lock="", size_bytes=7, request_schema=None)


@pytest.fixture
def editor() -> Viewer:
    return factories.viewer()


@pytest.fixture
def built_by(editor: Viewer, monkeypatch: pytest.MonkeyPatch) -> Callable[..., ImageCard]:
    """Build an image with this builder and return its card."""

    def run(builder: Callable[[BuildSpec, Progress], Built]) -> ImageCard:
        monkeypatch.setattr(job, "BUILDER", builder)
        image = factories.image(editor, status=ImageStatus.QUEUED, created_at=clock.now())
        job.build(image.id)
        return images.card(editor, image.id)

    return run


def raising(error: BaseException) -> Callable[[BuildSpec, Progress], Built]:
    def builder(_spec: BuildSpec, progress: Progress) -> Built:
        progress.begin(BuildStep.CHECK)
        raise error

    return builder


def test_a_good_build_is_ready(built_by: Callable[..., ImageCard]) -> None:
    assert built_by(lambda _spec, _progress: BUILT).status == ImageStatus.READY


@pytest.mark.parametrize(
    ("error", "status", "reason"),
    [
        (BuildFailed("package_unknown", name="x"), ImageStatus.FAILED, "package_unknown"),
        (BuildCanceled(), ImageStatus.CANCELED, ""),
        (JobTimeoutException("too long"), ImageStatus.FAILED, "build_timed_out"),
        (ZeroDivisionError(), ImageStatus.FAILED, "build_broke"),
    ],
)
def test_a_build_always_ends(
    built_by: Callable[..., ImageCard], error: BaseException, status: ImageStatus, reason: str
) -> None:
    card = built_by(raising(error))
    assert (card.status, card.reason) == (status, reason)


def test_what_broke_on_our_side_is_not_shown_but_can_be_found(
    built_by: Callable[..., ImageCard], caplog: pytest.LogCaptureFixture
) -> None:
    card = built_by(raising(ZeroDivisionError("inner words")))
    assert "inner words" not in str(card)
    assert card.facts["id"] in caplog.text


def test_a_second_call_does_nothing(built_by: Callable[..., ImageCard], editor: Viewer) -> None:
    card = built_by(lambda _spec, _progress: BUILT)
    job.build(card.id)
    assert images.card(editor, card.id) == card


def test_the_heartbeat_goes_on_while_the_builder_works(
    built_by: Callable[..., ImageCard], monkeypatch: pytest.MonkeyPatch
) -> None:
    beats = list[object]()
    monkeypatch.setattr(progress, "LOOK_EVERY_S", 0.01)
    monkeypatch.setattr(progress, "BEAT_EVERY_S", 0.02)
    monkeypatch.setattr(builds, "beat", lambda held, _now: beats.append(held))

    def builder(_spec: BuildSpec, _progress: Progress) -> Built:
        eventually(lambda: len(beats) > 2)
        return BUILT

    assert built_by(builder).status == ImageStatus.READY


def test_a_database_that_fails_for_a_moment_does_not_end_the_heartbeat(
    built_by: Callable[..., ImageCard], monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = list[int]()
    monkeypatch.setattr(progress, "LOOK_EVERY_S", 0.01)

    def wanted(_held: object) -> bool:
        looks.append(1)
        raise OSError

    monkeypatch.setattr(builds, "wanted", wanted)

    def builder(_spec: BuildSpec, reporter: Progress) -> Built:
        eventually(lambda: len(looks) > 2)
        assert not reporter.canceled()
        return BUILT

    assert built_by(builder).status == ImageStatus.READY
