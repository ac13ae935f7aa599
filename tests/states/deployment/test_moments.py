from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from deploy_ui.enums import EventKind
from deploy_ui.services.events import EventRow
from deploy_ui.states.deployment.moments import moment, moments

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def event(kind: EventKind, ago_s: int = 0, **facts: Any) -> EventRow:
    return EventRow(at=NOW - timedelta(seconds=ago_s), kind=kind, actor="Anna", facts=facts)


def told(kind: EventKind, facts: dict[str, Any]) -> EventRow:
    """Return an event of the product itself, whose facts may have any name."""
    return EventRow(at=NOW, kind=kind, actor="", facts=facts)


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (event(EventKind.CREATED, image="fraud-v1"), {"kind": "created", "what": "fraud-v1"}),
        (event(EventKind.SCALED, instances=3), {"kind": "scaled", "what": "3", "before": "", "why": ""}),
        (
            told(EventKind.SCALED, {"from": 1, "to": 4, "instances": 4, "why": "load", "in_flight": 21.5}),
            {"before": "1", "what": "4", "why": "load", "in_flight": "21.5"},
        ),
        (
            told(EventKind.WOKEN, {"from": 0, "to": 1, "why": "waiting", "in_flight": 3.0}),
            {"kind": "woken", "before": "0", "in_flight": "3"},
        ),
        (
            told(EventKind.ROLLED_BACK, {"revision": 4, "from": 5, "reason": "crashed"}),
            {"what": "4", "before": "5", "reason": "crashed"},
        ),
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


def test_keys_that_one_person_revoked_in_a_row_are_one_line() -> None:
    rows = [event(EventKind.KEY_REVOKED, key=name) for name in ("a", "b")]
    assert [each.times for each in moments(rows)] == [2]


def test_keys_that_one_person_revoked_at_different_times_are_two_lines() -> None:
    assert len(moments([event(EventKind.KEY_REVOKED, ago, key="a") for ago in (0, 60)])) == 2


def test_steps_of_scaling_are_all_told() -> None:
    steps = [replace(event(EventKind.SCALED), actor="", facts={"from": was, "to": was - 1}) for was in (2, 3, 4)]
    lines = moments(steps)
    assert [(each.before, each.what) for each in lines] == [("2", "1"), ("3", "2"), ("4", "3")]


def slept(*phases: str) -> list[EventRow]:
    """Return what the product tells, newest first, a second apart."""
    ages = range(len(phases))
    return [
        replace(event(EventKind.PHASE, ago, phase=phase), actor="") for ago, phase in zip(ages, phases, strict=True)
    ]


def test_what_goes_round_and_round_is_told_once_with_how_often_and_since_when() -> None:
    lines = moments(slept("running", *("sleeping", "starting") * 4, "pending"))
    seen = [(each.phase if each.kind != "repeated" else "again", each.times) for each in lines]
    assert seen == [("running", 1), ("sleeping", 1), ("starting", 1), ("again", 3), ("pending", 1)]
    assert lines[3].at == NOW - timedelta(seconds=8)


def test_a_round_that_came_twice_is_told_in_full() -> None:
    assert len(moments(slept("sleeping", "starting", "sleeping", "starting"))) == 4


def test_what_people_did_is_never_folded_away() -> None:
    assert len(moments([event(EventKind.STARTED), event(EventKind.STOPPED)] * 5)) == 10


def test_alerts_of_different_rules_are_told_apart() -> None:
    def fired(alert: str) -> EventRow:
        return told(EventKind.ALERT_FIRED, {"alert": alert, "value": 0.5, "threshold": 0.05})

    lines = [fired(alert) for alert in ("memory", "p99", "error_rate", "queue_age", "memory", "crash_loop")]
    shown = moments(lines)
    assert [each.what for each in shown] == ["memory", "p99", "error_rate", "queue_age", "memory", "crash_loop"]
