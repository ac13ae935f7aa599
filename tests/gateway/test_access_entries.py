"""What a line of the access log becomes, however it looks."""

import json
import random
from typing import Any

import pytest

from deploy_ui.gateway.access_entries import HIGHEST_STATUS, LONGEST_PATH, LONGEST_WORD, MOST, Entry, parse

LINE: dict[str, Any] = {
    "at": "2030-01-01T00:00:01.250Z",
    "slug": "iris",
    "state": "serving",
    "method": "POST",
    "path": "/predict",
    "status": 200,
    "flags": "-",
    "details": "via_upstream",
    "refused": None,
    "bytes_in": 12,
    "bytes_out": 34,
    "duration_ms": 5,
    "duration_us": 5321,
    "upstream": "127.0.0.1:4000",
    "instance": "abc123",
    "revision": 7,
    "key": "k1",
    "kind": "key",
    "request_id": "6f9619ff-8b86-d011-b42d-00c04fc964ff",
}
HOSTILE: list[Any] = [
    *(None, True, False, -1, 0, 1e999, -1e999, 10**30, -(10**30), 0.5, [], {}, [[]], {"a": 1}),
    *("", "-", "\x00", "\ud800", "\u202e", "\n", "x" * 100_000, "9" * 5000, "12", "1e5", "\u0664"),
]


def parsed(**changes: object) -> Entry | None:
    return parse(json.dumps(LINE | changes).encode(), 0)


def known(**changes: object) -> Entry:
    entry = parsed(**changes)
    assert entry is not None
    return entry


def test_a_line_becomes_an_entry() -> None:
    entry = known()
    assert entry == Entry(
        at_ms=1893456001250,
        place=0,
        slug="iris",
        state="serving",
        method="POST",
        path="/predict",
        status=200,
        flags=frozenset(),
        details="via_upstream",
        refused="",
        bytes_in=12,
        bytes_out=34,
        duration_us=5321,
        upstream="127.0.0.1:4000",
        key="k1",
        kind="key",
        request_id="6f9619ff-8b86-d011-b42d-00c04fc964ff",
        instance="abc123",
        revision=7,
    )


def test_without_microseconds_milliseconds_count() -> None:
    assert known(duration_us=None).duration_us == 5000


def test_a_number_may_be_written_as_text() -> None:
    assert known(revision="12").revision == 12


@pytest.mark.parametrize("name", LINE)
@pytest.mark.parametrize("value", HOSTILE, ids=lambda value: repr(value)[:20])
def test_no_value_of_any_field_is_too_much(name: str, value: object) -> None:
    assert_bounded(parsed(**{name: value}))


def test_no_field_is_needed_but_the_time_and_the_slug() -> None:
    for name in LINE:
        entry = parse(json.dumps({each: LINE[each] for each in LINE if each != name}).encode(), 0)
        assert (entry is None) == (name in {"at", "slug"})


@pytest.mark.parametrize(
    "line",
    [
        *(b"", b"\n", b"null", b"[]", b"3", b'"at"', b"{", b"}", b"\xff\xfe", b"[" * 60_000, b'{"a":' * 10_000),
        *(b'{"at": "2030-01-01T00:00:01Z"', b"x" * 1_000_000, b'{"at": ' + b"9" * 60_000 + b"}"),
    ],
    ids=lambda line: str(line[:12]),
)
def test_what_is_no_request_is_nothing(line: bytes) -> None:
    assert parse(line, 0) is None


@pytest.mark.parametrize(
    "at", ["2030-01-01T00:00:01", "yesterday", "", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", 5]
)
def test_a_time_that_is_none_makes_no_request(at: object) -> None:
    assert parsed(at=at) is None


def test_a_path_of_raw_bytes_is_kept() -> None:
    entry = parse(json.dumps(LINE).encode().replace(b"/predict", b"/\xff\xfe\x80"), 0)
    assert entry is not None
    assert entry.path.startswith("/")
    assert_bounded(entry)


def test_lines_that_were_torn_and_mixed_stop_nothing() -> None:
    chance = random.Random(7)  # noqa: S311 -- the same lines every time
    whole = json.dumps(LINE).encode()
    for _ in range(3000):
        line = bytearray(whole)
        for _ in range(chance.randrange(1, 6)):
            line[chance.randrange(len(line))] = chance.randrange(256)
        start, end = sorted(chance.randrange(len(line) + 1) for _ in range(2))
        for torn in (bytes(line), bytes(line[start:end]), bytes(line[:end] + line[start:])):
            assert_bounded(parse(torn, 0))


def assert_bounded(entry: Entry | None) -> None:
    if entry is None:
        return
    texts = [entry.slug, entry.state, entry.method, entry.details, entry.upstream, entry.key, entry.request_id]
    texts += [entry.instance, entry.kind, *entry.flags]
    numbers = [entry.at_ms, entry.bytes_in, entry.bytes_out, entry.duration_us, entry.revision]
    assert all(len(each) <= LONGEST_WORD and each.isprintable() for each in texts)
    assert len(entry.path) <= LONGEST_PATH
    assert entry.path.isprintable()
    assert 0 <= entry.status <= HIGHEST_STATUS
    assert all(0 <= each <= MOST and isinstance(each, int) for each in numbers)
