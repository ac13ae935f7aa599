from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from deploy_ui import clock
from deploy_ui.enums import InstanceStatus, Reason
from deploy_ui.services import fleet
from deploy_ui.services.instances import InstanceRow
from deploy_ui.services.members import Record
from deploy_ui.services.viewer import Viewer
from deploy_ui.states.deployment.instances import InstanceLine, Shortage, line, percent, seconds, shortage
from deploy_ui.states.deployment.steps import StartStep, Step
from tests import factories
from tests.states.tab import Tab, names

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def row(**values: Any) -> InstanceRow:
    nothing = ("loading_at", "ready_at", "ended_at", "exit_code", "peak_memory_mb", "cpu_cores", "memory_mb")
    fields: dict[str, Any] = dict.fromkeys(nothing) | {
        "key": "k4c9",
        "status": InstanceStatus.READY,
        "reason": Reason.NONE,
        "message": "",
        "revision": 7,
        "image_id": "img_1",
        "address": "127.0.0.1:1",
        "node": "vm",
        "created_at": NOW,
        "started_at": NOW,
        "restarts": 0,
    }
    return InstanceRow(**fields | values)


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param({}, {"ready_in_s": None, "exit_code": "", "cpu": None}, id="just started"),
        pytest.param({"ready_at": later(5.84)}, {"ready_in_s": 5.8, "step": None}, id="ready"),
        pytest.param(
            {"status": InstanceStatus.STARTING, "loading_at": later(2)},
            {"step": Step(StartStep.LOADING, later(2), None, now=True)},
            id="loads",
        ),
        pytest.param({"started_at": None, "ready_at": later(2)}, {"started_at": NOW, "ready_in_s": 2.0}, id="no start"),
        pytest.param(
            {"ended_at": later(9480), "exit_code": 0}, {"ended_at": later(9480), "exit_code": "0"}, id="ended"
        ),
        pytest.param({"cpu_cores": 0.5}, {"cpu": 0.5, "cpu_percent": 25}, id="a quarter of its cores"),
        pytest.param({"cpu_cores": 3.0}, {"cpu_percent": 100}, id="more than its share"),
        pytest.param({"memory_mb": 256}, {"memory_mb": 256, "memory_percent": 50}, id="half of its memory"),
        pytest.param(
            {"ended_at": later(1), "peak_memory_mb": 512, "memory_mb": 3},
            {"memory_mb": 512, "memory_percent": 100},
            id="the peak of an ended one",
        ),
    ],
)
@pytest.mark.usefixtures("database")
def test_a_row_becomes_a_line(values: dict[str, Any], expected: dict[str, Any]) -> None:
    made = line(row(**values), factories.deployment(cpu=2, memory_mb=512))
    assert {name: getattr(made, name) for name in expected} == expected


def test_a_clock_that_went_back_makes_no_negative_span() -> None:
    assert seconds(NOW, NOW - timedelta(seconds=1)) == 0


@pytest.mark.parametrize(("part", "whole", "share"), [(None, 4, 0), (0, 4, 0), (1, 4, 25), (9, 4, 100), (-1, 4, 0)])
def test_percent(part: float | None, whole: float, share: int) -> None:
    assert percent(part, whole) == share


@pytest.mark.usefixtures("database")
def test_the_newest_shortage_of_memory_is_told_with_how_often_it_happened() -> None:
    card = factories.deployment()

    def out(key: str, ago_h: float) -> InstanceLine:
        return line(row(key=key, reason=Reason.OUT_OF_MEMORY, ended_at=NOW - timedelta(hours=ago_h)), card)

    lines = [out("newest", 1), out("older", 3), out("yesterday's", 25), line(row(reason=Reason.CRASHED), card)]
    assert shortage(lines, NOW) == Shortage("newest", 2)
    assert shortage(lines[2:], NOW) is None


async def test_instances_come_and_go_by_themselves(tab: Tab, editor: Viewer) -> None:
    card = factories.deployment(editor)
    await tab.card(card.slug, "instances")
    await tab.sees(lambda seen: seen["InstancesState.loaded"])
    factories.instance(card, "k4c9aa")
    await tab.sees(lambda seen: [each.key for each in seen["InstancesState.running"]] == ["k4c9aa"])
    fleet.save_instance(Record("k4c9aa", 1, InstanceStatus.FAILED, Reason.CRASHED, ended_at=clock.now()))
    await tab.sees(lambda seen: [each.key for each in seen["InstancesState.ended"]] == ["k4c9aa"])
    assert tab["InstancesState.running"] == []


@pytest.mark.parametrize(
    ("asked", "running", "ended"),
    [
        pytest.param("", ["live"], ["stopped", "failed"], id="all"),
        pytest.param("?status=running", ["live"], [], id="running"),
        pytest.param("?status=ended", [], ["stopped", "failed"], id="ended"),
        pytest.param("?status=failed", [], ["failed"], id="failed"),
        pytest.param("?status=nonsense", ["live"], ["stopped", "failed"], id="no such status"),
    ],
)
async def test_the_address_chooses_which_instances_are_shown(
    tab: Tab, editor: Viewer, asked: str, running: list[str], ended: list[str]
) -> None:
    card = factories.deployment(editor)
    now = clock.now()
    factories.instance(card, "failed", created_at=later(0), status=InstanceStatus.FAILED, ended_at=now)
    factories.instance(card, "stopped", created_at=later(1), status=InstanceStatus.STOPPED, ended_at=now)
    factories.instance(card, "live", created_at=later(2))
    await tab.card(card.slug, "instances", asked)
    await tab.sees(lambda seen: seen["InstancesState.loaded"])
    assert names(tab["InstancesState.running"], "key") == running
    assert names(tab["InstancesState.ended"], "key") == ended
    assert tab["InstancesState.counts"] == {"": 3, "running": 1, "ended": 2, "failed": 1}


async def test_instances_of_another_deployment_are_never_shown(tab: Tab, editor: Viewer) -> None:
    first, second = factories.deployment(editor), factories.deployment(editor)
    factories.instance(first, "k4c9aa")
    await tab.card(first.slug, "instances")
    await tab.sees(lambda seen: seen["InstancesState.running"])
    await tab.card(second.slug, "instances")
    await tab.sees(lambda seen: seen["InstancesState.shown_slug"] == second.slug)
    assert tab["InstancesState.running"] == []
