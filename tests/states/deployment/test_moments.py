from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from deploy_ui.enums import EventKind
from deploy_ui.services.events import EventRow
from deploy_ui.states.deployment.moments import moment, moments

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def event(kind: EventKind, ago_s: int = 0, **facts: Any) -> EventRow:
    return EventRow(at=NOW - timedelta(seconds=ago_s), kind=kind, actor="Anna", facts=facts)


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (event(EventKind.CREATED, image="fraud-v1"), {"kind": "created", "what": "fraud-v1"}),
        (event(EventKind.SCALED, instances=3), {"kind": "scaled", "what": "3"}),
        (event(EventKind.STOPPED), {"kind": "stopped", "what": "", "exit_code": "", "revision": ""}),
        (
            event(EventKind.CHANGED, fields=["cpu", "env"], revision=4),
            {"kind": "changed", "fields": ["cpu", "env"], "revision": "4", "what": ""},
        ),
        (
            event(EventKind.INSTANCE_ENDED, instance="k4c9", reason="crashed", exit_code=0),
            {"what": "k4c9", "reason": "crashed", "exit_code": "0"},
        ),
        (event(EventKind.INSTANCE_ENDED, instance="k4c9", reason="lost", exit_code=None), {"exit_code": ""}),
        (event(EventKind.KEY_CHANGED, key="batch", disabled=True), {"kind": "key_disabled", "what": "batch"}),
        (event(EventKind.KEY_CHANGED, key="batch", disabled=False), {"kind": "key_changed", "what": "batch"}),
        (
            event(EventKind.ROLLED_BACK, revision=4, reason="crashed"),
            {"what": "4", "revision": "", "reason": "crashed"},
        ),
        (event(EventKind.PHASE, phase="failed", reason="crashed"), {"phase": "failed", "reason": "crashed"}),
    ],
)
def test_an_event_becomes_a_line(made: EventRow, expected: dict[str, Any]) -> None:
    line = moment(made)
    assert {name: getattr(line, name) for name in expected} == expected


def test_ends_for_one_reason_in_a_row_are_one_line_with_the_newest_time() -> None:
    ends = [event(EventKind.INSTANCE_ENDED, ago, instance=f"k{ago}", reason="crashed") for ago in (1, 2, 3)]
    [line] = moments(ends)
    assert (line.times, line.what, line.at) == (3, "k1", NOW - timedelta(seconds=1))


def test_ends_for_other_reasons_or_apart_stay_lines_of_their_own() -> None:
    rows = [
        event(EventKind.INSTANCE_ENDED, reason="crashed"),
        event(EventKind.INSTANCE_ENDED, reason="lost"),
        event(EventKind.PHASE, phase="failed"),
        event(EventKind.INSTANCE_ENDED, reason="lost"),
    ]
    assert [each.times for each in moments(rows)] == [1, 1, 1, 1]


def test_other_events_are_not_folded() -> None:
    assert len(moments([event(EventKind.STARTED), event(EventKind.STARTED)])) == 2
