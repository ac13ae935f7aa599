"""Charts as people get them: from a real store, of a real deployment."""

import os
from datetime import UTC, datetime, timedelta

import pytest

from deploy_ui.enums import Role
from deploy_ui.errors import AppError, Invalid, NotFound, Unavailable
from deploy_ui.metrics import store
from deploy_ui.metrics.sample import Sample
from deploy_ui.metrics.store import SHORTEST_S, Writer
from deploy_ui.services import deployments
from deploy_ui.services.cards import DeploymentCard
from deploy_ui.services.monitoring import charts, lately
from deploy_ui.services.monitoring.charts import Charts
from deploy_ui.settings import settings
from tests import factories

NOW = datetime(2026, 11, 26, 12, 0, 7, tzinfo=UTC)
HOUR = timedelta(hours=1)
pytestmark = pytest.mark.usefixtures("database")


def measure(card: DeploymentCard, since: datetime, until: datetime, **counters: float) -> None:
    writer = Writer(settings().metrics_dir)
    for at in range(int(since.timestamp()) // 15 * 15, int(until.timestamp()) // 15 * 15, SHORTEST_S):
        writer.write(
            at, {card.id: Sample({"seconds": 15, **{name.replace("__", ":"): by for name, by in counters.items()}})}
        )
    writer.close()


def read(slug: str, since: datetime | None = None, until: datetime | None = None) -> Charts:
    return charts.read(factories.viewer(Role.VIEWER), slug, since=since, until=until, now=NOW)


def figures(found: Charts) -> dict[str, tuple[float | None, float | None]]:
    return {each.name: (each.value, each.before) for each in found.summary}


def test_the_last_hour_is_shown_unless_another_time_is_asked_for() -> None:
    card = factories.deployment()
    measure(card, NOW - HOUR, NOW, requests__1__200=3)
    found = read(card.slug)
    assert (found.step_s, len(found.times), found.source, found.trouble) == (15, 240, "embedded", None)
    assert 0 < found.next_in_s <= SHORTEST_S
    requests = found.charts[0]
    assert [set(line.values) for line in requests.series] == [{0.2}]


@pytest.mark.parametrize("hours", [0.25, 1, 6, 24, 72])
def test_no_range_has_more_than_a_thousand_points(hours: float) -> None:
    card = factories.deployment()
    found = read(card.slug, since=NOW - timedelta(hours=hours))
    assert 60 <= len(found.times) <= 1000


def test_the_summary_is_compared_with_the_same_time_of_the_day_before() -> None:
    card = factories.deployment()
    day = timedelta(days=1)
    measure(card, NOW - day - HOUR, NOW - day, requests__1__200=2)
    measure(card, NOW - HOUR, NOW, requests__1__200=3, requests__1__500=1)
    assert figures(read(card.slug))["requests"] == (960, 480)
    assert figures(read(card.slug))["errors"] == (0.25, 0)


def test_a_day_before_that_was_hardly_measured_is_no_comparison() -> None:
    card = factories.deployment()
    day = timedelta(days=1)
    measure(card, NOW - day - HOUR / 2, NOW - day, requests__1__200=2)
    measure(card, NOW - HOUR, NOW, requests__1__200=3)
    assert figures(read(card.slug))["requests"] == (720, None)


def test_what_was_measured_of_another_deployment_is_not_shown() -> None:
    card, other = factories.deployment(), factories.deployment()
    measure(other, NOW - HOUR, NOW, requests__1__200=3)
    assert all(not chart.series for chart in read(card.slug).charts)


def test_a_deleted_deployment_is_still_shown_and_nothing_is_missed_of_it() -> None:
    editor = factories.viewer()
    card = factories.deployment(editor)
    measure(card, NOW - HOUR, NOW - HOUR / 2, requests__1__200=3)
    deployments.delete(editor, card.slug)
    found = read(card.slug)
    assert figures(found)["requests"][0] == 360
    assert found.trouble is None


def test_a_monitor_that_is_silent_is_told() -> None:
    card = factories.deployment()
    measure(card, NOW - HOUR, NOW - timedelta(minutes=5))
    trouble = read(card.slug).trouble
    assert isinstance(trouble, AppError)
    assert (trouble.code, trouble.facts) == ("metrics_stale", {"at": "2026-11-26 11:55:00 UTC"})
    earlier = read(card.slug, since=NOW - HOUR, until=NOW - HOUR / 2)
    assert earlier.trouble is None


def test_a_file_that_was_set_aside_is_told_where_it_leaves_a_gap() -> None:
    card = factories.deployment()
    measure(card, NOW - HOUR / 2, NOW)
    (settings().metrics_dir / f"{store.FILE}.damaged-20261126T113007Z").touch()
    trouble = read(card.slug).trouble
    assert trouble is not None
    assert trouble.code == "metrics_damaged"
    assert read(card.slug, since=NOW - HOUR / 4).trouble is None


def test_a_store_that_cannot_be_read_is_an_answer_of_its_own() -> None:
    card = factories.deployment()
    settings().metrics_dir.mkdir(parents=True)
    (settings().metrics_dir / store.FILE).write_bytes(os.urandom(100_000))
    with pytest.raises(Unavailable) as error:
        read(card.slug)
    assert error.value.code == "metrics_unreadable"
    viewer = factories.viewer(Role.VIEWER)
    assert lately.last_hour(viewer, card.slug, NOW) == lately.LastHour(None, None, None)
    assert lately.sparks(viewer, NOW) == {}


@pytest.mark.parametrize(
    ("since", "until"),
    [
        pytest.param(NOW, NOW - HOUR, id="backwards"),
        pytest.param(NOW, NOW, id="nothing"),
        pytest.param(NOW + 400 * 24 * HOUR, NOW + 500 * 24 * HOUR, id="to come"),
        pytest.param(NOW - 500 * 24 * HOUR, NOW - 400 * 24 * HOUR, id="long ago"),
    ],
)
def test_a_time_in_which_nothing_can_be_is_refused(since: datetime, until: datetime) -> None:
    card = factories.deployment()
    with pytest.raises(Invalid) as error:
        read(card.slug, since=since, until=until)
    assert (error.value.code, error.value.facts["field"]) == ("range_invalid", "since")


def test_a_reader_whose_clock_is_ahead_gets_as_long_a_range_up_to_now() -> None:
    card = factories.deployment()
    ahead = timedelta(minutes=16)
    found = read(card.slug, since=NOW + ahead - HOUR / 4, until=NOW + ahead)
    assert (found.until - found.since, found.until) == (900, int(NOW.timestamp()) // 15 * 15)


def test_the_first_day_of_all_is_refused_like_any_other_wrong_time() -> None:
    card = factories.deployment()
    with pytest.raises(Invalid):
        read(card.slug, until=datetime.min.replace(tzinfo=UTC))


def test_what_lies_before_the_retention_is_cut_off() -> None:
    card = factories.deployment()
    found = read(card.slug, since=NOW - 500 * 24 * HOUR)
    assert found.until - found.since <= settings().metrics_days * 86_400 + 60 + found.step_s


def test_an_unknown_deployment_is_not_found_and_nobody_is_refused() -> None:
    with pytest.raises(NotFound):
        read("nobody")


def test_the_list_gets_the_last_day_by_the_hour() -> None:
    card = factories.deployment()
    measure(card, NOW - HOUR, NOW, requests__1__200=1, requests__1__502=1)
    spark = lately.sparks(factories.viewer(Role.VIEWER), NOW)[card.slug]
    assert len(spark.bars) == len(spark.errors) == 24
    assert (spark.total, sum(spark.bars), sum(spark.errors)) == (480, 480, 240)
    assert spark.bars[-1] == 0
    assert spark.bars[-2] == 480


def test_the_card_gets_the_last_hour() -> None:
    card = factories.deployment()
    viewer = factories.viewer(Role.VIEWER)
    assert lately.last_hour(viewer, card.slug, NOW) == lately.LastHour(None, None, None)
    measure(card, NOW - 2 * HOUR, NOW, requests__1__200=3, requests__1__500=1, duration__1__50000=4)
    hour = lately.last_hour(viewer, card.slug, NOW)
    assert (hour.requests, hour.errors) == (960, 0.25)
    assert hour.p95_s == pytest.approx(0.0505)
