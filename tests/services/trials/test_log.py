"""Log lines of one request of the history."""

from time import perf_counter

import pytest

from deploy_ui import clock
from deploy_ui.enums import Role
from deploy_ui.errors import Forbidden, NotFound
from deploy_ui.runtimes.keeper.rotated import STDOUT, RotatedLog
from deploy_ui.services import fleet
from deploy_ui.services.trials import history, log
from deploy_ui.services.trials.history import Outcome
from deploy_ui.services.trials.request import Trial
from deploy_ui.services.viewer import Viewer
from deploy_ui.serving.log import request_line
from deploy_ui.settings import settings
from tests import factories
from tests.waiting import eventually

INSTANCE = "aaaaaa"
OWN, OTHER = "req-own", "req-other"


@pytest.fixture
def editor(database: str) -> Viewer:
    assert database
    return factories.viewer()


@pytest.fixture
def written(editor: Viewer) -> tuple[str, RotatedLog]:
    """Give a deployment with one instance, and its log to write into."""
    card = factories.deployment(editor)
    fleet.add_instance(card.id, INSTANCE, revision=1, image_id=card.image_id, now=clock.now())
    return card.slug, RotatedLog(str(settings().instance_logs_dir / INSTANCE))


def texts(editor: Viewer, slug: str, number: int) -> list[str]:
    return [each.text for each in log.of(editor, slug, number).lines]


def test_lines_of_the_request_are_found_and_named(editor: Viewer, written: tuple[str, RotatedLog]) -> None:
    slug, lines = written
    lines.write(STDOUT, [b"long before"])
    began = clock.now()
    eventually(lambda: clock.now() - began > 3 * log.BEFORE)
    number = history.begun(editor, slug, Trial())
    lines.write(STDOUT, [b"predicting", f"POST /predict 200 3.1 ms {OWN}".encode(), b"after"])
    history.ended(number, Outcome(status=200, duration_ms=1, request_id=OWN, instance=INSTANCE, over=True))
    found = log.of(editor, slug, number)
    assert [each.text for each in found.lines] == ["predicting", f"POST /predict 200 3.1 ms {OWN}", "after"]
    assert (found.named, found.others, found.more) == ([1], False, False)


def test_requests_of_others_meanwhile_are_told_of(editor: Viewer, written: tuple[str, RotatedLog]) -> None:
    slug, lines = written
    number = history.begun(editor, slug, Trial())
    lines.write(STDOUT, [f"POST /predict 200 3.1 ms {OTHER}".encode(), f"POST /predict 200 9 ms {OWN}".encode()])
    history.ended(number, Outcome(status=200, duration_ms=9, request_id=OWN, instance=INSTANCE, over=True))
    found = log.of(editor, slug, number)
    assert (found.named, found.others) == ([1], True)


def test_too_many_lines_are_bounded(
    editor: Viewer, written: tuple[str, RotatedLog], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "MOST_LINES", 2)
    slug, lines = written
    number = history.begun(editor, slug, Trial())
    lines.write(STDOUT, [b"1", b"2", b"3"])
    history.ended(number, Outcome(status=200, request_id=OWN, instance=INSTANCE, over=True))
    assert texts(editor, slug, number) == ["1", "2"]
    assert log.of(editor, slug, number).more


def test_a_request_that_was_broken_off_has_lines_too(editor: Viewer, written: tuple[str, RotatedLog]) -> None:
    slug, lines = written
    number = history.begun(editor, slug, Trial())
    lines.write(STDOUT, [b"begun"])
    history.ended(number, Outcome(status=200, duration_ms=5, request_id=OWN, instance=INSTANCE))
    assert texts(editor, slug, number) == ["begun"]


def test_where_nobody_knows_who_answered_all_are_shown(editor: Viewer, written: tuple[str, RotatedLog]) -> None:
    slug, lines = written
    number = history.begun(editor, slug, Trial())
    lines.write(STDOUT, [b"somebody's"])
    history.ended(number, Outcome(status=200, request_id=OWN, over=True))
    found = log.of(editor, slug, number)
    assert ([each.text for each in found.lines], found.others) == (["somebody's"], True)


def test_a_call_that_was_only_accepted_has_no_lines_yet(editor: Viewer, written: tuple[str, RotatedLog]) -> None:
    slug, lines = written
    number = history.begun(editor, slug, Trial())
    lines.write(STDOUT, [b"somebody's"])
    history.ended(number, Outcome(status=202, request_id=OWN, call_id="c_1", over=True))
    assert texts(editor, slug, number) == []


def test_an_instance_of_another_deployment_shows_nothing(editor: Viewer, written: tuple[str, RotatedLog]) -> None:
    """A model may answer with any name in X-Instance."""
    _, lines = written
    elsewhere = factories.deployment(editor).slug
    number = history.begun(editor, elsewhere, Trial())
    lines.write(STDOUT, [b"somebody's"])
    history.ended(number, Outcome(status=200, request_id=OWN, instance=INSTANCE, over=True))
    with pytest.raises(NotFound, match="instance_not_found"):
        log.of(editor, elsewhere, number)


def test_it_is_only_for_who_sent_it(editor: Viewer, written: tuple[str, RotatedLog]) -> None:
    slug, _ = written
    number = history.begun(editor, slug, Trial())
    with pytest.raises(NotFound, match="trial_not_found"):
        log.of(factories.viewer(Role.ADMIN), slug, number)
    with pytest.raises(Forbidden):
        log.of(factories.viewer(Role.VIEWER), slug, number)


@pytest.mark.parametrize("path", ["/predict", "/a b", "/", "/200 1.0 ms x"])
def test_the_line_of_our_own_server_is_known(path: str, capsys: pytest.CaptureFixture[str]) -> None:
    request_line("POST", path, 200, perf_counter(), OWN)
    match = log.REQUEST_LINE.search(capsys.readouterr().out.rstrip("\n"))
    assert match is not None
    assert match[1] == OWN
