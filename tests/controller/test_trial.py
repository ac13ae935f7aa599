from dataclasses import replace

import pytest

from deploy_ui.controller.trial import Failure, failure, passed
from deploy_ui.enums import ImageStatus, InstanceStatus, Reason, Wish
from deploy_ui.services.fleet import Member, Record
from tests.controller.tables import ago, born, failed, member, record

S = InstanceStatus


def ready(key: str, revision: int = 2, **values: object) -> Record:
    return record(key, S.READY, revision=revision, **values)


def crashed(key: str, seconds_ago: float = 0, **values: object) -> Record:
    return failed(key, seconds_ago, message=f"ValueError: {key}", revision=2, **values)


def update(*records: Record, **values: object) -> Member:
    """Return a deployment whose second revision is on trial, while the first serves."""
    return member(*records, **{"revision": 2, "trial": True, "fallback": born(1), **values})


@pytest.mark.parametrize(
    ("of", "expected"),
    [
        pytest.param(update(ready("a")), True, id="all are ready"),
        pytest.param(update(ready("a"), wanted=2), False, id="one of two"),
        pytest.param(update(ready("a", revision=1)), False, id="only the old one is ready"),
        pytest.param(update(wanted=0), False, id="nothing is wanted: it sleeps"),
        pytest.param(update(ready("a"), wish=Wish.STOP), False, id="it is being stopped"),
        pytest.param(update(ready("a"), trial=False), False, id="it has been ready before"),
        pytest.param(member(ready("a", revision=1), trial=True), True, id="the very first revision"),
    ],
)
def test_passed(of: Member, expected: bool) -> None:  # noqa: FBT001
    assert passed(of, of.records) is expected


@pytest.mark.parametrize(
    ("of", "expected"),
    [
        pytest.param(update(record("a", revision=2)), None, id="on its way"),
        pytest.param(update(crashed("a")), None, id="one failure is none"),
        pytest.param(
            update(crashed("a", 9), crashed("b")), Failure(Reason.CRASHED, "ValueError: b"), id="twice in vain"
        ),
        pytest.param(
            update(crashed("a", 9), crashed("b"), record("c", revision=2)),
            Failure(Reason.CRASHED, "ValueError: b"),
            id="another try is no hope",
        ),
        pytest.param(
            update(crashed("a", reason=Reason.START_FAILED)),
            Failure(Reason.START_FAILED, "ValueError: a"),
            id="what cannot start at all",
        ),
        pytest.param(
            update(crashed("a", 9), crashed("b"), wanted=2), None, id="two of two that were tried together failed once"
        ),
        pytest.param(
            update(crashed("a", 9), crashed("b", 8), ready("c"), wanted=3), None, id="one got ready after the failures"
        ),
        pytest.param(update(image_status=ImageStatus.FAILED), Failure(Reason.IMAGE_FAILED), id="its image failed"),
        pytest.param(update(image_status=ImageStatus.CANCELED), Failure(Reason.IMAGE_FAILED), id="was canceled"),
        pytest.param(update(image_status=ImageStatus.BUILDING), None, id="is being built"),
        pytest.param(update(env_readable=False), None, id="a lost key is mended, not rolled back"),
        pytest.param(update(crashed("a", 9), crashed("b"), wish=Wish.STOP), None, id="it is being stopped"),
        pytest.param(
            update(crashed("a", 9), crashed("b"), changed_at=ago(5)), None, id="a person has just asked for it again"
        ),
        pytest.param(update(crashed("a", 9), crashed("b"), wanted=0), None, id="it sleeps: waking it shows"),
        pytest.param(update(crashed("a", 9), crashed("b"), fallback=None), None, id="there is nothing to fall back to"),
        pytest.param(
            update(crashed("a", 9), crashed("b"), trial=False), None, id="what was ready once is not rolled back"
        ),
    ],
)
def test_failure(of: Member, expected: Failure | None) -> None:
    assert failure(of, of.records) == expected


def test_failures_of_the_old_one_are_not_the_new_ones() -> None:
    of = update(*(replace(each, revision=1) for each in (crashed("a", 9), crashed("b"))))
    assert failure(of, of.records) is None
