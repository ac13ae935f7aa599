from deploy_ui import clock
from deploy_ui.enums import CallStatus
from deploy_ui.services.calls import load
from tests import factories


def test_without_calls_there_is_no_load(database: str) -> None:  # noqa: ARG001 -- it is empty
    factories.deployment()
    assert load.waiting_and_running() == {}
    assert load.busy(["abcdef"]) == set()


def test_calls_that_wait_and_run_are_counted_by_deployment(database: str) -> None:  # noqa: ARG001 -- they lie there
    iris, cats, dogs = (factories.deployment() for _ in range(3))
    for card, status, instance in (
        *((iris, CallStatus.QUEUED, ""), (iris, CallStatus.QUEUED, "old"), (iris, CallStatus.RUNNING, "aaaaaa")),
        *((cats, CallStatus.RUNNING, "bbbbbb"), (cats, CallStatus.RUNNING, "bbbbbb")),
        (dogs, CallStatus.COMPLETED, "cccccc"),
    ):
        factories.call(card, status=status, instance=instance, finished_at=clock.now())
    assert load.waiting_and_running() == {iris.slug: (2, 1), cats.slug: (0, 2)}
    assert load.busy(["aaaaaa", "bbbbbb", "cccccc", "old"]) == {"aaaaaa", "bbbbbb"}
    assert load.busy(["bbbbbb"]) == {"bbbbbb"}
    assert load.busy([]) == set()
