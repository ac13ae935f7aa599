"""One reading of a deployment's log: where it begins, how it goes on, and what was written before."""

from datetime import timedelta

import pytest

from deploy_ui import clock
from deploy_ui.enums import InstanceStatus, Reason, Role
from deploy_ui.errors import NotFound
from deploy_ui.runtimes.keeper.rotated import STDOUT, RotatedLog
from deploy_ui.services import fleet
from deploy_ui.services.deployments import DeploymentCard
from deploy_ui.services.fleet import Record
from deploy_ui.services.log_reader import LogReader, Span
from deploy_ui.services.log_rows import LogRow
from deploy_ui.services.viewer import Viewer
from deploy_ui.settings import settings
from tests import factories

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def viewer() -> Viewer:
    return factories.viewer(Role.VIEWER)


@pytest.fixture
def iris() -> DeploymentCard:
    return factories.deployment()


def log_of(of: DeploymentCard, key: str) -> RotatedLog:
    fleet.add_instance(of.id, key, revision=1, image_id=of.image_id, now=clock.now())
    return RotatedLog(str(settings().instance_logs_dir / key))


def reading(viewer: Viewer, of: DeploymentCard, *, tail: int = 100, around: tuple[str, str] | None = None) -> LogReader:
    reader = LogReader(viewer, Span(of.slug))
    reader.begin({}, tail=tail, around=around, now=clock.now())
    return reader


def texts(rows: list[LogRow]) -> list[str]:
    return [row.text for row in rows]


def held(rows: list[LogRow]) -> dict[str, str]:
    """Return the cursor of the oldest line of each instance, as the browser says it."""
    return {row.instance: row.cursor for row in reversed(rows)}


def test_it_begins_with_the_newest_lines_and_goes_on_with_each_new_one_once(
    viewer: Viewer, iris: DeploymentCard
) -> None:
    one, two = log_of(iris, "aaaaaa"), log_of(iris, "bbbbbb")
    for number in range(5):
        (one if number % 2 else two).write(STDOUT, [b"%d" % number])
    reader = reading(viewer, iris, tail=2)
    assert texts(reader.more(100)) == ["3", "4"]
    assert reader.more(100) == []
    two.write(STDOUT, [b"5"])
    assert texts(reader.more(100)) == ["5"]
    assert reader.more(100) == []


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_older_lines_follow_each_other_without_a_gap_or_a_double(
    viewer: Viewer, iris: DeploymentCard, limit: int
) -> None:
    one, two = log_of(iris, "aaaaaa"), log_of(iris, "bbbbbb")
    for number in range(12):
        (one if number % 3 else two).write(STDOUT, [b"%d" % number])
    reader = reading(viewer, iris, tail=3)
    rows, more = reader.more(100), True
    while more:
        older, more = reader.older(held(rows), limit)
        assert older or not more
        rows = [*older, *rows]
    assert texts(rows) == [str(number) for number in range(12)]


def test_of_an_instance_that_nothing_is_held_of_the_older_lines_come_too(viewer: Viewer, iris: DeploymentCard) -> None:
    log_of(iris, "aaaaaa").write(STDOUT, [b"old"])
    log_of(iris, "bbbbbb").write(STDOUT, [b"new"])
    reader = reading(viewer, iris, tail=1)
    rows = reader.more(100)
    older, more = reader.older(held(rows), 10)
    assert (texts(older), more) == (["old"], False)


def test_a_link_leads_to_its_line_and_on(viewer: Viewer, iris: DeploymentCard) -> None:
    log = log_of(iris, "aaaaaa")
    log.write(STDOUT, [b"%d" % number for number in range(20)])
    row = reading(viewer, iris).more(100)[3]
    reader = LogReader(viewer, Span(iris.slug))
    assert reader.begin({}, tail=1, around=(row.instance, row.cursor), now=clock.now())
    assert texts(reader.more(100)) == [str(number) for number in range(20)]


@pytest.mark.parametrize("around", [("aaaaaa", "9.9.9"), ("aaaaaa", "nonsense"), ("cccccc", "1.1.1")])
def test_a_link_to_a_line_that_is_gone_ends_at_the_newest(
    viewer: Viewer, iris: DeploymentCard, around: tuple[str, str]
) -> None:
    log_of(iris, "aaaaaa").write(STDOUT, [b"1", b"2"])
    reader = LogReader(viewer, Span(iris.slug))
    assert not reader.begin({}, tail=1, around=around, now=clock.now())
    assert texts(reader.more(100)) == ["2"]


def test_who_comes_back_gets_what_was_missed(viewer: Viewer, iris: DeploymentCard) -> None:
    log = log_of(iris, "aaaaaa")
    log.write(STDOUT, [b"1"])
    before = reading(viewer, iris)
    before.more(100)
    log.write(STDOUT, [b"2", b"3"])
    reader = LogReader(viewer, Span(iris.slug))
    assert reader.begin(before.cursors, tail=100, around=None, now=clock.now())
    assert texts(reader.more(100)) == ["2", "3"]


def test_the_log_of_one_that_ended_is_over_once_it_is_read(viewer: Viewer, iris: DeploymentCard) -> None:
    log_of(iris, "aaaaaa").write(STDOUT, [b"1"])
    reader = LogReader(viewer, Span(iris.slug, "aaaaaa"))
    reader.begin({}, tail=10, around=None, now=clock.now())
    assert not reader.over(clock.now())
    ended = clock.now() - timedelta(minutes=1)
    fleet.save_instance(Record("aaaaaa", 1, InstanceStatus.STOPPED, Reason.SCALED_DOWN, ended_at=ended))
    reader.refresh(clock.now())
    assert reader.over(clock.now())
    assert texts(reader.more(10)) == ["1"]


def test_of_a_deployment_that_is_not_there_nothing_is_read(viewer: Viewer) -> None:
    with pytest.raises(NotFound):
        LogReader(viewer, Span("nothing")).begin({}, tail=1, around=None, now=clock.now())
