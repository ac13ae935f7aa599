"""An instance that fails by itself is replaced, says why, and keeps its log."""

import time
from contextlib import suppress
from typing import Any

import httpx
import pytest

from tests.faults.conftest import Stage
from tests.faults.people import Person
from tests.waiting import eventually

pytestmark = pytest.mark.faults
REPLACED_S = 25
"""Readiness is lost with the third probe that waited in vain, nine seconds after the first."""
ANSWER_S = 3
MEMORY_MB = 256


@pytest.mark.parametrize(
    ("trouble", "reason", "exit_code"),
    [
        pytest.param({"exit": 3}, "crashed", 3, id="crash"),
        pytest.param({"exit": 0}, "exited", 0, id="exit 0"),
        pytest.param({"allocate_mb": 2 * MEMORY_MB}, "out_of_memory", 137, id="out of memory"),
        pytest.param({"deaf": True}, "not_answering", None, id="readiness lost"),
    ],
)
def test_one_that_fails_is_replaced(trouble: dict[str, Any], reason: str, exit_code: int | None, stage: Stage) -> None:
    person = stage.person
    slug = person.deploys(stage.images[0], min_instances=1, memory_mb=MEMORY_MB, request_timeout_s=5)
    key = person.key(slug)
    eventually(lambda: person.calls(slug, key).status_code == 200)
    first = person.calls(slug, key).json()["instance"]
    began = time.monotonic()
    _suffers(person, slug, key, trouble)
    eventually(lambda: _another(person, slug, key, first), REPLACED_S)
    stage.costs.tell(f"self-healing · {reason}", time.monotonic() - began, stage.trickle)
    ended = eventually(lambda: [each for each in person.records(slug) if each["status"] == "failed"], REPLACED_S)
    assert [(each["key"], each["reason"]) for each in ended] == [(first, reason)]
    assert exit_code is None or ended[0]["exit_code"] == exit_code
    lines = person.asks("GET", f"/deployments/{slug}/logs", params={"instance": first})["items"]
    assert any("about to" in line["text"] for line in lines)
    events = person.asks("GET", f"/deployments/{slug}/events")["items"]
    assert any(each["kind"] == "instance_ended" and each["facts"]["reason"] == reason for each in events)
    assert stage.trickle.odd == []


def test_one_that_can_never_start_fails_with_its_last_words(stage: Stage) -> None:
    person = stage.person
    made = person.asks(
        "POST", "/deployments", json={"name": "Never", "image": stage.images[0], "env": {"TROUBLE": "1"}}
    )
    began = time.monotonic()
    card = eventually(lambda: _failed(person, made["slug"]), REPLACED_S)
    stage.costs.tell("self-healing · never starts", time.monotonic() - began, stage.trickle)
    assert (card["reason"], card["message"]) == ("crashed", "ValueError: told to fail")
    person.asks("PATCH", f"/deployments/{made['slug']}", json={"env": {"TROUBLE": None}})
    eventually(lambda: person.runs(made["slug"]), REPLACED_S)


def _suffers(person: Person, slug: str, key: str, trouble: dict[str, Any]) -> None:
    headers = {"X-API-Key": key}
    with suppress(httpx.ReadTimeout):  # one that is deaf never answers
        httpx.post(person.url(slug), json=trouble, headers=headers, timeout=ANSWER_S, trust_env=False)


def _another(person: Person, slug: str, key: str, first: str) -> bool:
    if first in {each["key"] for each in person.live(slug)}:
        return False  # a deaf one would let us wait
    answer = person.calls(slug, key)
    return answer.status_code == httpx.codes.OK and answer.json()["instance"] != first and person.runs(slug)


def _failed(person: Person, slug: str) -> Any:
    card = person.card(slug)
    return card if card["phase"] == "failed" else None
