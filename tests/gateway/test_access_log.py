"""What the access log holds, and what is read out of it."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from deploy_ui.gateway import access_log, places
from deploy_ui.gateway.access_uses import Uses, uses
from deploy_ui.gateway.routes import KeyUse, Route, RouteState
from deploy_ui.settings import settings
from tests.gateway.conftest import Gateway, secret, serving
from tests.gateway.upstream import Upstream
from tests.waiting import eventually

T1, T2, T3 = (datetime(2030, 1, 1, 0, 0, second, tzinfo=UTC) for second in (1, 2, 3))


def read_uses() -> Uses:
    return sum(map(uses, access_log.batches()), Uses())


def line(at: datetime, key: str | None = "k1", slug: str | None = "a", **other: object) -> str:
    entry = {"at": at.isoformat(), "slug": slug, "key": key, "kind": "key" if key else None, "details": "via_upstream"}
    return json.dumps(entry | other) + "\n"


@pytest.fixture
def log(data_dir: Path) -> Path:  # noqa: ARG001 -- sets the folder first
    path = places.access_log(settings())
    path.parent.mkdir(parents=True)
    return path


def test_the_newest_use_of_each_key_and_deployment_is_read(log: Path) -> None:
    log.write_text(line(T1) + line(T3) + line(T2) + line(T2, "k2") + line(T1, "k3", "b"))
    found = read_uses()
    assert found.keys == [KeyUse("k1", "a", T3, 3), KeyUse("k2", "a", T2), KeyUse("k3", "b", T1)]
    assert found.slugs == {"a": T3, "b": T1}


def test_what_was_read_is_not_read_again(log: Path) -> None:
    log.write_text(line(T1))
    read_uses()
    assert read_uses() == Uses()


def test_what_is_added_is_read_next(log: Path) -> None:
    log.write_text(line(T1))
    read_uses()
    with log.open("a") as file:
        file.write(line(T2, "k2"))
    assert read_uses().keys == [KeyUse("k2", "a", T2)]


def test_calls_are_counted_by_the_hour(log: Path) -> None:
    later = T1 + timedelta(hours=1)
    log.write_text(line(T1) + line(later) + line(T2) + line(T1, details="rbac_access_denied_matched_policy[none]"))
    assert read_uses().keys == [KeyUse("k1", "a", T2, 2), KeyUse("k1", "a", later)]


def test_half_a_line_waits_for_its_other_half(log: Path) -> None:
    whole = line(T1)
    log.write_text(whole[:20])
    assert read_uses() == Uses()
    log.write_text(whole)
    assert read_uses().keys == [KeyUse("k1", "a", T1)]


def test_the_rest_of_a_file_that_was_set_aside_is_read(log: Path) -> None:
    log.write_text(line(T1))
    read_uses()
    with log.open("a") as file:
        file.write(line(T2, "k2"))
    log.rename(log.with_suffix(".log.1"))
    log.write_text(line(T3, "k3"))
    assert [use.key for use in read_uses().keys] == ["k2", "k3"]
    assert read_uses() == Uses()


def test_a_file_that_was_cut_is_read_from_its_start(log: Path) -> None:
    log.write_text(line(T1) * 10)
    read_uses()
    log.write_text(line(T2))
    assert read_uses().keys == [KeyUse("k1", "a", T2)]


def test_a_use_of_the_consoles_own_key_counts_for_the_deployment_only(log: Path) -> None:
    log.write_text(line(T1, "c1", kind="console"))
    assert read_uses() == Uses(keys=[], slugs={"a": T1})


@pytest.mark.parametrize(
    "entry",
    [
        line(T1, details="rbac_access_denied_matched_policy[none]"),
        line(T1, None, details="jwt_authn_access_denied{Jwt_is_missing}"),
        line(T1, None, None, details="direct_response"),
        "no JSON\n",
        "\n",
    ],
)
def test_what_was_not_let_through_is_no_use(log: Path, entry: str) -> None:
    log.write_text(entry)
    assert read_uses() == Uses()


def test_without_a_log_nothing_was_used(log: Path) -> None:
    assert not log.exists()
    assert read_uses() == Uses()


def logged(gateway: Gateway, path: str) -> dict[str, object]:
    """Wait for the line of a request; its path names it."""
    file = gateway.folder / "gateway" / "access.log"

    def found() -> dict[str, object]:
        entries = [json.loads(text) for text in file.read_text().splitlines()]
        return next((entry for entry in entries if entry["path"] == path), {})

    return eventually(found)


def test_envoy_writes_a_line_that_says_whose_request_it_was(gateway: Gateway, upstream: Upstream) -> None:
    gateway.serve(serving("a", upstream.address))
    response = gateway.call("/a/whose", secret("a", "k1"))
    entry = logged(gateway, "/whose")
    expected = {
        "slug": "a",
        "state": "serving",
        "key": "k1",
        "kind": "key",
        "method": "GET",
        "status": 200,
        "flags": "-",
    }
    assert {name: entry[name] for name in expected} == expected
    assert entry["upstream"] == upstream.address
    assert entry["request_id"] == response.headers["x-request-id"]
    assert entry["bytes_out"] == len(response.content)
    assert abs(datetime.fromisoformat(str(entry["at"])) - datetime.now(UTC)) < timedelta(minutes=1)


def test_a_line_holds_no_query_and_no_key(gateway: Gateway, upstream: Upstream) -> None:
    gateway.serve(serving("a", upstream.address))
    key = secret("a")
    gateway.call("/a/plain?token=hidden", key, authorization="Basic aGlkZGVu", cookie="a=hidden")
    logged(gateway, "/plain")
    text = (gateway.folder / "gateway" / "access.log").read_text()
    assert "hidden" not in text
    assert "aGlkZGVu" not in text
    assert key[:80] not in text


def test_uses_are_read_out_of_envoys_lines(gateway: Gateway, upstream: Upstream) -> None:
    gateway.serve(serving("used", upstream.address), Route("stopped", RouteState.STOPPED))
    gateway.call("/used/read", secret("used", "k1"))
    gateway.call("/stopped/read")
    logged(gateway, "/stopped/read")
    logged(gateway, "/read")
    found = read_uses()
    assert ("k1", "used") in {(use.key, use.slug) for use in found.keys}
    assert "stopped" not in found.slugs


def test_a_long_file_is_set_aside_and_no_use_is_lost(
    gateway: Gateway, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = gateway.folder / "gateway" / "access.log"
    gateway.serve(serving("long", upstream.address))
    gateway.call("/long/one", secret("long", "k1"))
    logged(gateway, "/one")
    with monkeypatch.context() as patch:
        patch.setattr(access_log, "LARGEST_BYTES", 1)
        read_uses()
    gateway.call("/long/two", secret("long", "k1"))
    seen = eventually(lambda: read_uses().slugs.get("long"))
    assert seen
    assert "/one" in log.with_suffix(".log.1").read_text()
    assert "/one" not in log.read_text()
