"""What was measured in a stretch, added up and packed."""

from deploy_ui.metrics import sample
from deploy_ui.metrics.sample import Gauge, Sample, merged


def test_counters_are_added_and_gauges_remember_their_bounds() -> None:
    first, second = Sample({"retries": 2}, {"ready": Gauge.of(3)}), Sample({"retries": 1, "resets": 1})
    second.look("ready", 1)
    whole = merged((first, second))
    assert whole.counters == {"retries": 3, "resets": 1}
    assert whole.gauges["ready"] == Gauge(total=4, looks=2, least=1, most=3)
    assert whole.gauges["ready"].mean == 2


def test_what_is_added_up_stays_as_it_was() -> None:
    first = Sample({"retries": 2}, {"ready": Gauge.of(3)})
    merged((first, Sample({"retries": 1}, {"ready": Gauge.of(1)})))
    assert first == Sample({"retries": 2}, {"ready": Gauge.of(3)})


def test_nothing_is_counted_as_nothing() -> None:
    empty = Sample()
    empty.count("retries", 0)
    assert empty == Sample()


def test_a_deployment_that_crashes_for_hours_stays_small() -> None:
    whole = Sample()
    whole.look("cpu:1:kept", 1)
    for number in range(1000):
        whole.add(Sample(gauges={f"cpu:1:i{number}": Gauge.of(1), "cpu:1:kept": Gauge.of(1)}))
    assert len(whole.gauges) <= sample.MOST_INSTANCES * len(sample.OF_INSTANCES)
    assert whole.gauges["cpu:1:kept"].looks == 1001


def test_counters_below_a_name() -> None:
    some = Sample({"requests:1:200": 2, "requests:1:503": 1, "retries": 9})
    assert dict(some.under("requests:")) == {"1:200": 2, "1:503": 1}
    assert some.total("requests:") == 3
