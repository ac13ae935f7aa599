from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from deploy_ui import clock
from deploy_ui.enums import InstanceStatus
from deploy_ui.services import fleet, starts
from deploy_ui.services.fleet import Record
from deploy_ui.services.starts import Start
from deploy_ui.services.viewer import Viewer
from deploy_ui.states.deployment.steps import StartStep, current, steps
from tests import factories
from tests.states.tab import Tab

NOW = datetime(2030, 1, 1, 12, tzinfo=UTC)
S = StartStep


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("reached", "now", "seconds"),
    [
        pytest.param({}, S.QUEUED, [None, None, None, None], id="waits"),
        pytest.param({"started_at": at(1)}, S.STARTING, [1, None, None, None], id="its process starts"),
        pytest.param({"started_at": at(1), "loading_at": at(3)}, S.LOADING, [1, 2, None, None], id="loads"),
        pytest.param(
            *({"started_at": at(1), "loading_at": at(3), "ready_at": at(7)}, S.READY, [1, 2, 4, None]),
            id="ready",
        ),
        pytest.param({"started_at": at(1), "ready_at": at(7)}, S.READY, [1, 6, None, None], id="never said it loads"),
        pytest.param({"started_at": at(-1)}, S.STARTING, [0, None, None, None], id="two clocks disagree"),
    ],
)
def test_steps(reached: dict[str, Any], now: StartStep, seconds: list[float | None]) -> None:
    start = Start(created_at=NOW, **reached)
    found = steps(start)
    assert [each.name for each in found] == list(StartStep)
    assert [each.seconds for each in found] == seconds
    assert [each.name for each in found if each.now] == ([] if now is S.READY else [now])
    assert current(start).name is now


async def test_general_shows_the_start_of_the_newest_instance_while_it_lasts(tab: Tab, editor: Viewer) -> None:
    card = factories.deployment(editor)
    factories.instance(card, "k4c9aa")
    await tab.card(card.slug, "general")
    await tab.sees(lambda seen: [each.name for each in seen["GeneralState.steps"] if each.now] == [S.QUEUED])
    moments: dict[str, Any] = {"started_at": clock.now(), "loading_at": clock.now()}
    fleet.save_instance(Record("k4c9aa", 1, InstanceStatus.STARTING, **moments))
    await tab.sees(lambda seen: [each.name for each in seen["GeneralState.steps"] if each.now] == [S.LOADING])
    fleet.save_instance(Record("k4c9aa", 1, InstanceStatus.READY, **moments, ready_at=clock.now()))
    await tab.sees(lambda seen: seen["GeneralState.steps"] == [])


@pytest.mark.usefixtures("database")
def test_the_newest_start_is_told(editor: Viewer) -> None:
    card, other = factories.deployment(editor), factories.deployment(editor)
    assert starts.under_way(editor, card.slug) is None
    fleet.add_instance(card.id, "aaaaaa", revision=1, image_id=card.image_id, now=NOW)
    fleet.add_instance(card.id, "bbbbbb", revision=1, image_id=card.image_id, now=at(1))
    assert starts.under_way(editor, card.slug) == Start(created_at=at(1))
    assert starts.under_way(editor, other.slug) is None
