import os
from datetime import timedelta
from pathlib import Path

import pytest

from deploy_ui import clock
from deploy_ui.enums import InstanceStatus, LogLevel, Reason, Role
from deploy_ui.errors import Invalid, NotFound
from deploy_ui.runtimes.keeper.rotated import PLATFORM, STDERR, STDOUT, RotatedLog
from deploy_ui.services import fleet, logs
from deploy_ui.services.deployments import DeploymentCard
from deploy_ui.services.fleet import Record
from deploy_ui.services.log_rows import LogRow
from deploy_ui.services.log_wanted import Wanted
from deploy_ui.services.viewer import Viewer
from deploy_ui.settings import settings
from tests import factories

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def reader() -> Viewer:
    return factories.viewer(Role.VIEWER)


@pytest.fixture
def iris() -> DeploymentCard:
    return factories.deployment()


def instance(of: DeploymentCard, key: str) -> RotatedLog:
    """Record an instance and return its log to write into."""
    fleet.add_instance(of.id, key, revision=1, image_id=of.image_id, now=clock.now())
    return RotatedLog(str(settings().instance_logs_dir / key))


def texts(rows: list[LogRow]) -> list[str]:
    return [row.text for row in rows]


def test_every_role_reads_logs_with_their_levels(reader: Viewer, iris: DeploymentCard) -> None:
    log = instance(iris, "aaaaaa")
    log.write(STDOUT, [b"ready"])
    log.write(STDERR, [b"ERROR: boom"])
    rows = logs.tail(reader, iris.slug)
    assert [(row.text, row.level, row.stream) for row in rows] == [
        ("ready", LogLevel.INFO, "stdout"),
        ("ERROR: boom", LogLevel.ERROR, "stderr"),
    ]
    assert {row.instance for row in rows} == {"aaaaaa"}


def test_logs_of_all_instances_come_in_the_order_they_were_written(reader: Viewer, iris: DeploymentCard) -> None:
    one, two = instance(iris, "aaaaaa"), instance(iris, "bbbbbb")
    one.write(STDOUT, [b"1"])
    two.write(STDOUT, [b"2"])
    one.write(STDOUT, [b"3"])
    assert texts(logs.tail(reader, iris.slug)) == ["1", "2", "3"]
    assert texts(logs.tail(reader, iris.slug, instance="aaaaaa")) == ["1", "3"]
    assert texts(logs.tail(reader, iris.slug, limit=2)) == ["2", "3"]


def test_following_goes_on_behind_what_was_read(reader: Viewer, iris: DeploymentCard) -> None:
    log = instance(iris, "aaaaaa")
    log.write(STDOUT, [b"old"])
    cursors = {row.instance: row.cursor for row in logs.tail(reader, iris.slug)}
    assert logs.after(reader, iris.slug, cursors) == []
    log.write(STDOUT, [b"new"])
    assert texts(logs.after(reader, iris.slug, cursors)) == ["new"]


def test_cursors_of_other_deployments_open_nothing(reader: Viewer, iris: DeploymentCard) -> None:
    other = factories.deployment()
    instance(other, "cccccc").write(STDOUT, [b"secret of another"])
    instance(iris, "aaaaaa").write(STDOUT, [b"mine"])
    forged = {"cccccc": "0-0-0", "../cccccc": "0-0-0"}
    assert texts(logs.after(reader, iris.slug, forged)) == ["mine"]


def test_an_instance_of_another_deployment_is_not_found(reader: Viewer, iris: DeploymentCard) -> None:
    instance(factories.deployment(), "cccccc").write(STDOUT, [b"secret of another"])
    with pytest.raises(NotFound, match="instance_not_found"):
        logs.tail(reader, iris.slug, instance="cccccc")
    with pytest.raises(NotFound, match="instance_not_found"):
        logs.lines(reader, iris.slug, instance="cccccc", wanted=Wanted())
    with pytest.raises(NotFound, match="instance_not_found"):
        logs.after(reader, iris.slug, {}, instance="../x")


def test_an_unknown_deployment_is_not_found(reader: Viewer) -> None:
    with pytest.raises(NotFound, match="deployment_not_found"):
        logs.tail(reader, "nothing")
    with pytest.raises(NotFound, match="deployment_not_found"):
        logs.lines(reader, "nothing", wanted=Wanted())


def test_a_forged_cursor_is_told(reader: Viewer, iris: DeploymentCard) -> None:
    instance(iris, "aaaaaa")
    with pytest.raises(Invalid, match="log_cursor_invalid"):
        logs.after(reader, iris.slug, {"aaaaaa": "zzz"})


def test_a_deployment_without_instances_has_no_lines(reader: Viewer, iris: DeploymentCard) -> None:
    assert logs.tail(reader, iris.slug) == []
    assert list(logs.lines(reader, iris.slug, wanted=Wanted())) == []


def test_lines_are_found_by_text_and_level(reader: Viewer, iris: DeploymentCard) -> None:
    log = instance(iris, "aaaaaa")
    log.write(STDOUT, [b"DEBUG: Iris loaded", b"WARNING: iris is old", b"ERROR: rose is gone"])
    log.write(PLATFORM, [b"ended (crashed, exit code 1)"])
    assert texts(list(logs.lines(reader, iris.slug, wanted=Wanted(search="IRIS")))) == [
        "DEBUG: Iris loaded",
        "WARNING: iris is old",
    ]
    assert texts(list(logs.lines(reader, iris.slug, wanted=Wanted(level=LogLevel.WARNING)))) == [
        *("WARNING: iris is old", "ERROR: rose is gone", "ended (crashed, exit code 1)"),
    ]


def test_lines_are_found_by_time(reader: Viewer, iris: DeploymentCard) -> None:
    one, two = instance(iris, "aaaaaa"), instance(iris, "bbbbbb")
    for number, log in enumerate((one, two, one, two)):
        log.write(STDOUT, [b"%d" % number])
    at = [row.at for row in logs.lines(reader, iris.slug, wanted=Wanted())]
    assert at == sorted(at)
    assert texts(list(logs.lines(reader, iris.slug, wanted=Wanted(since=at[1], until=at[2])))) == ["1", "2"]


def test_old_logs_go_once_their_instance_has_ended(iris: DeploymentCard) -> None:
    for key in ("aaaaaa", "bbbbbb"):
        instance(iris, key).write(STDOUT, [b"x"])
        os.utime(settings().instance_logs_dir / key / "00000001.log", (1_000_000_000, 1_000_000_000))
    now = clock.now()
    fleet.save_instance(
        Record(
            key="aaaaaa",
            revision=1,
            status=InstanceStatus.FAILED,
            reason=Reason.CRASHED,
            message="",
            address="",
            created_at=now,
            started_at=now,
            ready_at=None,
            ended_at=now,
            exit_code=1,
        )
    )
    assert logs.remove_old(now) == ["aaaaaa"]
    assert [path.name for path in Path(settings().instance_logs_dir).iterdir()] == ["bbbbbb"]


def test_young_logs_stay(iris: DeploymentCard) -> None:
    instance(iris, "aaaaaa").write(STDOUT, [b"x"])
    assert logs.remove_old(clock.now() + timedelta(days=settings().log_days, seconds=-60)) == []
