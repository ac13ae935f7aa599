from dataclasses import replace
from datetime import UTC, datetime, timedelta

from deploy_ui.enums import BuildStep, ImageKind, ImageStatus
from deploy_ui.services.image_cards import ImageCard, StepRow
from deploy_ui.states.image.card import _steps

BEGUN = datetime(2026, 11, 23, 12, 34, tzinfo=UTC)
CARD = ImageCard(
    id="img_8f3kq2",
    name="fraud-gbm-v14",
    kind=ImageKind.MODEL,
    status=ImageStatus.BUILDING,
    reason="",
    facts={},
    size_bytes=0,
    created_at=BEGUN,
    created_by="Anna",
    finished_at=None,
    deployments=0,
    entry="serving.py",
    command="",
    ready_path="/health/ready",
    requirements="",
    script="",
    digest="",
    lock="",
    environment="",
    started_at=BEGUN,
    build_s=None,
    python="",
    packages_bytes=0,
    rebuilt_from="",
    rebuilt_from_name="",
    request_schema=None,
    attempt=1,
    deleted=False,
)


def test_steps_lie_on_the_time_axis_of_the_whole_build() -> None:
    steps = _steps(
        replace(
            CARD,
            steps=[StepRow(BuildStep.RESOLVE, 0.0, 2.0, "ok"), StepRow(BuildStep.INSTALL, 2.0, 6.0, "ok")],
        )
    )
    assert [(each.left, each.width) for each in steps] == [(0.0, 25.0), (25.0, 75.0)]


def test_a_step_too_short_to_be_seen_is_drawn_all_the_same_within_the_axis() -> None:
    steps = _steps(
        replace(CARD, steps=[StepRow(BuildStep.INSTALL, 0.0, 100.0, "ok"), StepRow(BuildStep.SEAL, 100.0, 0.01, "ok")])
    )
    assert (steps[1].left, steps[1].width) == (99.5, 0.5)


def test_a_running_step_says_when_it_began() -> None:
    (step,) = _steps(replace(CARD, steps=[StepRow(BuildStep.INSTALL, 3.5, 0.0, "running")]))
    assert step.began_at == BEGUN + timedelta(seconds=3.5)


def test_a_build_that_has_not_begun_has_no_steps() -> None:
    assert _steps(replace(CARD, status=ImageStatus.QUEUED, started_at=None)) == []


def test_a_canceled_step_did_not_fail() -> None:
    canceled = replace(CARD, status=ImageStatus.CANCELED, steps=[StepRow(BuildStep.INSTALL, 0.0, 1.0, "failed")])
    assert [each.state for each in _steps(canceled)] == ["canceled"]


def test_the_axis_begins_with_the_first_step() -> None:
    steps = _steps(
        replace(CARD, steps=[StepRow(BuildStep.CHECK, 3.0, 1.0, "ok"), StepRow(BuildStep.SEAL, 4.0, 1.0, "ok")])
    )
    assert [(each.left, each.width) for each in steps] == [(0.0, 50.0), (50.0, 50.0)]
