"""Samples as they are kept."""

import zlib

import pytest

from deploy_ui.metrics.packing import decode, encode
from deploy_ui.metrics.sample import Gauge, Sample

FIRST = "03460c720040fd6d5c0b72284c736d2c00"
WHOLE = Sample(
    {
        "seconds": 15.003,
        "retries": 2,
        "requests:7:200": 12,
        "requests::401": 1,
        "duration:7:30000": 5,
        "duration:7:9": 1,
        "duration:7:4200000": 6,
        "duration::110": 1,
        "duration_seconds:7": 0.1234567,
        "starts:2100000": 1,
        "attempts:": 3,
        "calls:completed": 4,
    },
    {"ready": Gauge.of(3), "cpu:7:ab12cd": Gauge(2, 2, 0.5, 1.5), "memory:7:ab12cd": Gauge.of(1 << 31)},
)


def test_what_is_packed_is_read_back() -> None:
    back = decode(encode(WHOLE))
    assert back.gauges == WHOLE.gauges
    assert back.counters == {**WHOLE.counters, "duration_seconds:7": 0.123457}


def test_an_empty_sample_is_one_too() -> None:
    assert decode(encode(Sample())) == Sample()


def test_the_same_sample_has_the_same_bytes() -> None:
    turned = Sample(dict(reversed(WHOLE.counters.items())), dict(reversed(WHOLE.gauges.items())))
    assert encode(turned) == encode(WHOLE)


def test_a_usual_sample_is_small() -> None:
    busy = Sample({f"duration:1:{each}000": 3.0 for each in range(20, 70)} | {"requests:1:200": 150, "seconds": 15.001})
    for number in range(3):
        busy.look(f"cpu:1:a{number}b2c3", 0.123)
        busy.look(f"memory:1:a{number}b2c3", 123_456_789)
    assert len(encode(busy)) < 250


def test_what_was_kept_by_the_first_version_can_be_read() -> None:
    kept = bytes.fromhex(FIRST)
    assert decode(kept) == Sample({"requests:1:200": 3}, {"ready": Gauge.of(1)})


@pytest.mark.parametrize(
    "data",
    [b"", b"no deflate", encode(WHOLE)[:-3], zlib.compress(b"[1]"), zlib.compress(b'[{"starts:":[1]},{}]')],
)
def test_a_broken_pack_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        decode(data)
