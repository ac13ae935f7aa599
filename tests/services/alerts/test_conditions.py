"""When a rule fires, and when that is over."""

from dataclasses import replace
from typing import Any

import pytest

from deploy_ui.enums.alerts import AlertKind, AlertPhase
from deploy_ui.services.alerts.conditions import CALM_S, Facts, Standing, step
from deploy_ui.services.alerts.templates import Terms, terms

WELL = Facts(running=True, serves=True, ready=1, build_failed=False, crashes=0, queue_age=0, memory=0.2)
QUIET, PENDING, FIRING = AlertPhase.QUIET, AlertPhase.PENDING, AlertPhase.FIRING
LOOK_S = 15.0


def usual(kind: AlertKind) -> Terms:
    return terms(kind, {})


def facts(**values: Any) -> Facts:
    return replace(WELL, **values)


@pytest.mark.parametrize(
    ("kind", "seen", "phase", "value"),
    [
        pytest.param("error_rate", facts(requests=100, errors=6), FIRING, 0.06, id="more errors than allowed"),
        pytest.param("error_rate", facts(requests=100, errors=5), QUIET, 0.05, id="just as many errors as allowed"),
        pytest.param("error_rate", facts(requests=19, errors=19), QUIET, 1, id="too few requests to say so"),
        pytest.param("error_rate", facts(), QUIET, None, id="no requests"),
        pytest.param("p99", facts(requests=100, p99=1.2), FIRING, 1.2, id="slow answers"),
        pytest.param("p99", facts(requests=100, p99=0.9), QUIET, 0.9, id="answers that are fast enough"),
        pytest.param("p99", facts(requests=3, p99=9.0), QUIET, 9, id="a few slow answers"),
        pytest.param("not_ready", facts(ready=0), PENDING, None, id="no instance, but not for long"),
        pytest.param("not_ready", facts(ready=1), QUIET, None, id="an instance"),
        pytest.param("crash_loop", facts(crashes=3), FIRING, 3, id="as many crashes as it takes"),
        pytest.param("crash_loop", facts(crashes=2), QUIET, 2, id="fewer crashes than it takes"),
        pytest.param("queue_age", facts(queue_age=301), FIRING, 301, id="a call that waits too long"),
        pytest.param("queue_age", facts(queue_age=0), QUIET, 0, id="no call that waits"),
        pytest.param("queue_age", facts(queue_age=None), QUIET, None, id="calls that were not looked at"),
        pytest.param("memory", facts(memory=0.96), PENDING, 0.96, id="full memory, but not for long"),
        pytest.param("memory", facts(memory=None), QUIET, None, id="memory that was not measured"),
        pytest.param("build_failed", facts(build_failed=True), FIRING, None, id="a build that failed"),
        pytest.param("build_failed", facts(), QUIET, None, id="a build that did not fail"),
    ],
)
def test_what_a_look_makes_of_a_rule_that_was_quiet(
    kind: str, seen: Facts, phase: AlertPhase, value: float | None
) -> None:
    after = step(AlertKind(kind), usual(AlertKind(kind)), seen, Standing(), LOOK_S)
    assert (after.phase, after.value) == (phase, value)


def run(
    kind: AlertKind, looks: list[Facts], before: Standing | None = None, seconds: float = LOOK_S
) -> list[AlertPhase]:
    standing, phases = before or Standing(), []
    for each in looks:
        standing = step(kind, usual(kind), each, standing, seconds)
        phases.append(standing.phase)
    return phases


def test_what_must_last_fires_after_its_minutes_of_looks() -> None:
    phases = run(AlertKind.NOT_READY, [facts(ready=0)] * 22)
    assert (phases.index(FIRING), set(phases[:20])) == (20, {PENDING})


def test_one_good_look_begins_the_minutes_anew() -> None:
    looks = [facts(ready=0)] * 15 + [facts(ready=1)] + [facts(ready=0)] * 15
    assert FIRING not in run(AlertKind.NOT_READY, looks)


@pytest.mark.parametrize("kind", [AlertKind.ERROR_RATE, AlertKind.P99])
def test_when_nobody_calls_any_more_it_is_over_after_a_minute(kind: AlertKind) -> None:
    phases = run(kind, [facts(), facts(), *[facts(idle=True)] * 5], Standing(FIRING, 0.0, 0.5))
    assert phases == [FIRING] * 5 + [QUIET] * 2


def test_a_build_that_is_made_again_neither_resolves_nor_fires() -> None:
    building = [facts(build_failed=None)] * 10
    assert run(AlertKind.BUILD_FAILED, building, Standing(FIRING)) == [FIRING] * 10
    assert run(AlertKind.BUILD_FAILED, building) == [QUIET] * 10


def test_a_look_that_took_hours_counts_as_one() -> None:
    phases = run(AlertKind.NOT_READY, [facts(ready=0)] * 3, seconds=7200.0)
    assert FIRING not in phases


def test_an_alert_is_over_after_a_minute_of_calm() -> None:
    firing = Standing(FIRING, 0.0, 0.5)
    calm = [facts(requests=100)] * 5
    assert run(AlertKind.ERROR_RATE, calm, firing) == [FIRING, FIRING, FIRING, QUIET, QUIET]
    assert CALM_S == 4 * LOOK_S


def test_an_alert_does_not_flap() -> None:
    firing = Standing(FIRING, 0.0, 0.5)
    good, bad = facts(requests=100), facts(requests=100, errors=50)
    assert set(run(AlertKind.ERROR_RATE, [good, good, good, bad] * 5, firing)) == {FIRING}


@pytest.mark.parametrize("phase", [PENDING, FIRING])
def test_without_anything_measured_all_stays(phase: AlertPhase) -> None:
    before = Standing(phase, 30.0, 0.5)
    assert step(AlertKind.MEMORY, usual(AlertKind.MEMORY), facts(memory=None), before, LOOK_S) == before
    assert step(AlertKind.ERROR_RATE, usual(AlertKind.ERROR_RATE), facts(), before, LOOK_S) == before


def test_what_is_quiet_shows_no_value_of_traffic_that_is_over() -> None:
    rule = usual(AlertKind.ERROR_RATE)
    assert step(AlertKind.ERROR_RATE, rule, facts(), Standing(QUIET, 0.0, 0.04), LOOK_S) == Standing()


def test_few_good_requests_end_an_alert_and_few_bad_ones_keep_it() -> None:
    firing = Standing(FIRING, 45.0, 0.5)
    rule = usual(AlertKind.ERROR_RATE)
    assert step(AlertKind.ERROR_RATE, rule, facts(requests=3, errors=0), firing, LOOK_S).phase is QUIET
    assert step(AlertKind.ERROR_RATE, rule, facts(requests=3, errors=3), firing, LOOK_S) == firing


@pytest.mark.parametrize("kind", [each for each in AlertKind if each is not AlertKind.BUILD_FAILED])
def test_a_deployment_that_rests_is_quiet_at_once(kind: AlertKind) -> None:
    bad = facts(serves=False, ready=0, requests=100, errors=100, p99=99.0, crashes=9, queue_age=9999, memory=1)
    assert step(kind, usual(kind), bad, Standing(FIRING, 0.0, 1.0), LOOK_S) == Standing()


def test_a_build_that_failed_matters_to_a_deployment_that_sleeps_and_not_to_one_that_is_stopped() -> None:
    kind = AlertKind.BUILD_FAILED
    asleep, stopped = facts(serves=False, build_failed=True), facts(running=False, serves=False, build_failed=True)
    assert step(kind, usual(kind), asleep, Standing(), LOOK_S).phase is FIRING
    assert step(kind, usual(kind), stopped, Standing(FIRING), LOOK_S) == Standing()
