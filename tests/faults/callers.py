"""Callers who submit asynchronous calls all the time, and what became of each call that was accepted."""

import asyncio
import json
import threading
from collections import Counter
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import aiohttp

from deploy_ui.ids import new_id
from tests.faults.people import Person
from tests.waiting import steadily

PAUSE_S = 0.1
LIMIT_S = 30
ACCEPTED = 202
CAUTIOUS_EVERY = 4
SCRIPT = """
import asyncio
import os


class Model:
    async def predict(self, payload: dict) -> dict:
        ledger = os.open(os.environ["LEDGER"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(ledger, (payload["name"] + "\\n").encode())
        os.close(ledger)
        await asyncio.sleep(payload["sleep"])
        return {"name": payload["name"]}
"""
"""Writes down every execution before it works on it."""


@dataclass(frozen=True)
class Called:
    """A deployment that is called, and where its model writes down what it does."""

    slug: str
    key: str
    ledger: Path

    @classmethod
    def deployed(cls, person: Person, ledger: Path) -> "Called":
        """Make it, with room for a dozen calls at once."""
        form = {"name": f"ledger-{new_id(6)}", "script": SCRIPT}
        image = person.asks("POST", "/images", files={name: (None, value) for name, value in form.items()})["id"]
        person.has(image, "ready")
        slug = person.deploys(image, min_instances=1, concurrency=16, env={"LEDGER": str(ledger)})
        return cls(slug, person.key(slug), ledger)

    def executions(self) -> Counter[str]:
        """Return how often the model was called with each name."""
        return Counter(self.ledger.read_text().split()) if self.ledger.exists() else Counter()


@dataclass
class Callers:
    """Ten calls a second, each on a connection of its own. Every fourth may be tried once only."""

    url: str
    key: str
    sleep_s: float
    accepted: dict[str, str] = field(default_factory=dict)
    """The name of each accepted call, by its id."""
    cautious: set[str] = field(default_factory=set)
    """Ids of calls with one attempt."""
    unanswered: int = 0
    """Submissions without a 202."""
    _stop: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=lambda: asyncio.run(self._flow()), name="callers")
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    async def _flow(self) -> None:
        timeout = aiohttp.ClientTimeout(total=LIMIT_S)
        each_anew = aiohttp.TCPConnector(force_close=True)
        async with (
            aiohttp.ClientSession(connector=each_anew, timeout=timeout) as session,
            asyncio.TaskGroup() as group,
            aclosing(steadily(PAUSE_S)) as ticks,
        ):
            number = 0
            async for _ in ticks:
                if self._stop.is_set():
                    break
                number += 1
                group.create_task(self._submit(session, cautious=number % CAUTIOUS_EVERY == 0))

    async def _submit(self, session: aiohttp.ClientSession, *, cautious: bool) -> None:
        name = new_id(12)
        headers = {"X-API-Key": self.key, "X-Async-Request": "true", "X-Max-Attempts": "1" if cautious else "5"}
        told: Any = None
        try:
            async with session.post(self.url, json={"name": name, "sleep": self.sleep_s}, headers=headers) as answer:
                told = await answer.json() if answer.status == ACCEPTED else None
        except (aiohttp.ClientError, TimeoutError, OSError, json.JSONDecodeError):
            pass
        if told is None:
            self.unanswered += 1
            return
        self.accepted[told["request_id"]] = name
        if cautious:
            self.cautious.add(told["request_id"])


def calls(person: Person, slug: str) -> dict[str, Any]:
    """Return every call of a deployment by its id, as the list shows it."""
    found: dict[str, Any] = {}
    asked: dict[str, Any] = {"limit": 100}
    while True:
        page = person.asks("GET", f"/deployments/{slug}/calls", params=asked)
        found |= {each["id"]: each for each in page["items"]}
        if not page["next"]:
            return found
        asked["cursor"] = page["next"]
