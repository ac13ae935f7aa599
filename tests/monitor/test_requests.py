"""The gateway's log as the monitor reads it: into the request log, and into uses of keys."""

import json
import logging
import sqlite3
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from deploy_ui import clock
from deploy_ui.gateway import access_log, places
from deploy_ui.metrics import requests as store
from deploy_ui.metrics.request_rows import Request
from deploy_ui.metrics.requests import Reader, Writer
from deploy_ui.monitor import requests
from deploy_ui.monitor.request_archive import RequestArchive
from deploy_ui.monitor.requests import Reading
from deploy_ui.services import deployments, key_use, keys
from deploy_ui.settings import settings
from tests import factories
from tests.metrics.request_lines import request
from tests.waiting import eventually

NOW = clock.now().replace(microsecond=0)
GOES_ON = threading.Event()
"""Never set."""


@pytest.fixture
def log(database: str) -> Path:  # noqa: ARG001 -- sets the folder first
    path = places.access_log(settings())
    path.parent.mkdir(parents=True)
    return path


@pytest.fixture
def reading(log: Path) -> Reading:  # noqa: ARG001 -- sets the folder first
    return Reading(RequestArchive(settings().metrics_dir, settings().metrics_days))


def line(slug: str = "iris", **other: Any) -> str:
    known = {"at": NOW.isoformat(), "slug": slug, "key": None, "kind": None, "details": "via_upstream", "status": 200}
    return json.dumps(known | other) + "\n"


def found(slug: str = "iris") -> list[Request]:
    return Reader(settings().metrics_dir).newest(slug, [], [], 100)


def errors(caplog: pytest.LogCaptureFixture) -> int:
    return sum(each.levelno >= logging.ERROR for each in caplog.records)


def test_it_notes_when_a_key_and_its_deployment_were_used(reading: Reading, log: Path) -> None:
    viewer = factories.viewer()
    slug = factories.deployment(viewer).slug
    key = keys.create(viewer, slug, name="k").row.id
    log.write_text(line(slug, key=key, kind="key"))
    reading.go_on(NOW, GOES_ON)
    reading.go_on(NOW, GOES_ON)
    row = keys.rows(viewer, slug)[0]
    assert (row.last_used_at, row.calls) == (NOW, 1)
    assert deployments.card(viewer, slug).last_request_at == NOW


def test_it_keeps_what_the_line_says(reading: Reading, log: Path) -> None:
    facts: dict[str, Any] = {
        "instance": "abc",
        "revision": 3,
        "duration_us": 1234,
        "bytes_in": 5,
        "bytes_out": 6,
        "request_id": "r",
    }
    log.write_text(line(method="PUT", path="/p", key="c1", kind="console", upstream="a:1", **facts))
    reading.go_on(NOW, GOES_ON)
    expected = request(
        round(NOW.timestamp() * 1000), method="PUT", path="/p", key="c1", console=1, kind="answered", **facts
    )
    assert found() == [expected]


def test_it_keeps_why_a_request_was_refused(reading: Reading, log: Path) -> None:
    log.write_text(line(status=401, path="/iris/predict", details="jwt_authn_access_denied{Jwt_is_missing}"))
    reading.go_on(NOW, GOES_ON)
    (row,) = found()
    assert (row.kind, row.reason, row.path, row.key) == ("refused", "key_missing", "/predict", "")


def test_requests_to_no_deployment_are_not_kept(reading: Reading, log: Path) -> None:
    log.write_text(line(slug="", status=404) + json.dumps({"at": NOW.isoformat(), "slug": None}) + "\n")
    reading.go_on(NOW, GOES_ON)
    assert found("") == []


def test_hostile_lines_stop_nothing(reading: Reading, log: Path) -> None:
    hostile = [
        "\n",
        "{\n",
        "[]\n",
        "\x00\x01\n",
        "x" * 1_000_000 + "\n",
        line(status=999),
        line(status=-3),
        line(at="x"),
    ]
    last = line(path="/last").encode()
    log.write_bytes("".join(hostile).encode() + b"\xff\xfe\n" + last + b'{"at"')
    reading.go_on(NOW, GOES_ON)
    assert {each.status for each in found()} == {0, 200, 999}
    assert sum(each.path == "/last" for each in found()) == 1


def test_a_damaged_file_is_moved_aside(reading: Reading, log: Path, caplog: pytest.LogCaptureFixture) -> None:
    folder = settings().metrics_dir
    folder.mkdir()
    (folder / store.FILE).write_bytes(b"no database" * 1000)
    log.write_text(line())
    reading.go_on(NOW, GOES_ON)
    assert len(found()) == 1
    (aside,) = folder.glob(f"{store.FILE}.damaged-*")
    assert aside.read_bytes().startswith(b"no database")
    assert errors(caplog) == 1


def test_a_full_disk_is_told_of_once_and_costs_no_use_of_a_key(
    reading: Reading, log: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    viewer = factories.viewer()
    slug = factories.deployment(viewer).slug
    key = keys.create(viewer, slug, name="k").row.id

    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(Writer, "write", full)
        for _ in range(3):
            with log.open("a") as file:
                file.write(line(slug, key=key, kind="key"))
            reading.go_on(NOW, GOES_ON)
    assert keys.rows(viewer, slug)[0].calls == 3
    assert errors(caplog) == 1
    with log.open("a") as file:
        file.write(line(slug, path="/again"))
    reading.go_on(NOW, GOES_ON)
    assert [each.path for each in found(slug)] == ["/again"]


def test_uses_that_cannot_be_noted_are_noted_later(
    reading: Reading, log: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    viewer = factories.viewer()
    slug = factories.deployment(viewer).slug
    key = keys.create(viewer, slug, name="k").row.id

    def away(*_: object) -> None:
        raise ConnectionError("the database is away")

    with monkeypatch.context() as patch:
        patch.setattr(key_use, "note", away)
        for _ in range(3):
            with log.open("a") as file:
                file.write(line(slug, key=key, kind="key"))
            reading.go_on(NOW, GOES_ON)
    assert errors(caplog) == 1
    reading.go_on(NOW, GOES_ON)
    assert keys.rows(viewer, slug)[0].calls == 3


def test_a_long_log_is_left_where_it_was_when_told_to_stop(
    reading: Reading, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access_log, "MOST_AT_ONCE", 10)
    log.write_text("".join(line(path=f"/{at}") for at in range(35)))
    stop = threading.Event()
    stop.set()
    for expected in (10, 20, 30, 35, 35):
        reading.go_on(NOW, stop)
        assert len(found()) == expected


def test_what_is_too_old_is_forgotten_unless_the_clock_jumped(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = RequestArchive(data_dir, days=1)
    archive.keep([request(round((NOW - timedelta(days=2)).timestamp() * 1000))], NOW)
    timer = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: timer[0])
    archive = RequestArchive(data_dir, days=1)

    def after(hours: float, jump: timedelta = timedelta()) -> int:
        timer[0] += hours * 3600
        archive.forget(NOW + timedelta(seconds=timer[0]) + jump)
        return len(Reader(data_dir).newest("iris", [], [], 10))

    assert after(0) == 1
    assert after(2, jump=timedelta(days=30)) == 1
    assert after(1) == 1
    assert after(2) == 0


def test_it_reads_again_and_again(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "EVERY_S", 0.01)
    stop = threading.Event()
    thread = threading.Thread(target=requests.run, args=(stop,))
    thread.start()
    try:
        for number in (1, 2):
            with log.open("a") as file:
                file.write(line())
            eventually(lambda number=number: len(found()) == number)  # type: ignore[misc]
    finally:
        stop.set()
        thread.join()
