"""What the benchmark does with the product: makes deployments, queues their calls, and waits for the ends."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx
import psutil
from sqlmodel import func, select

from benchmarks.lifecycle import Product, product
from deploy_ui import clock
from deploy_ui.db import reading
from deploy_ui.errors import AppError
from deploy_ui.launch import lifeline
from deploy_ui.models import Call, Deployment
from deploy_ui.models import Deliverer as DelivererRow
from deploy_ui.services.calls import intake
from deploy_ui.services.calls.bodies import Body
from deploy_ui.services.calls.names import new_call_id
from deploy_ui.services.calls.terms import Terms
from deploy_ui.settings import settings

WAIT_S, LOOK_S = 180, 0.02
BATCH = 500
SETTLE_S = 0.5
"""After a job, until its worker waits for another one."""
SCRIPT = """
import asyncio
import time

class Model:
    async def predict(self, payload: dict) -> dict:
        if "sleep" in payload:
            await asyncio.sleep(payload["sleep"])
        return {"at": time.time()}
"""
"""Says when a call reached it."""


@dataclass(frozen=True)
class Target:
    """A deployment that is called, by nobody but the benchmark."""

    running: Product
    slug: str
    headers: dict[str, str]

    @property
    def url(self) -> str:
        """Where it is called."""
        return str(self.running.gateway.base_url.copy_with(path=f"/{self.slug}/predict"))

    def queue(self, count: int, body: bytes = b"{}") -> None:
        """Accept so many calls past the gateway, and tell nobody."""
        for begin in range(0, count, BATCH):
            refused = [each for each in intake.accept(self._requests(min(BATCH, count - begin), body)) if _no(each)]
            if refused:
                raise SystemExit(f"a call was refused: {refused[0]}")

    def span(self) -> tuple[datetime, datetime]:
        """Return when the first attempt of its calls began, and when the last call ended."""
        began, ended = func.min(Call.started_at), func.max(Call.finished_at)
        with reading() as session:
            found = session.exec(select(began, ended).join(Deployment).where(Deployment.slug == self.slug)).one()
        if found[0] is None or found[1] is None:
            raise SystemExit("no call has begun and ended")
        return found[0], found[1]

    def counts(self) -> dict[str, int]:
        """Return how many of its calls have which status."""
        counted: dict[str, int] = expect(self.running.api.get(f"/deployments/{self.slug}/calls/counts"))
        return counted

    def completed(self, count: int) -> bool:
        """Say whether so many calls are completed; one that ended otherwise ends the benchmark."""
        counted = self.counts()
        if counted["error"] or counted["canceled"]:
            raise SystemExit(f"not every call was completed: {counted}")
        return counted["completed"] >= count

    def _requests(self, count: int, body: bytes) -> list[intake.Request]:
        return [self._request(body) for _ in range(count)]

    def _request(self, body: bytes) -> intake.Request:
        call_id = new_call_id(clock.now())
        stored = Body(f"{call_id}.request")
        stored.add(body)
        return intake.Request(
            id=call_id,
            slug=self.slug,
            method="POST",
            path="/predict",
            headers=[("content-type", "application/json")],
            key_id="",
            terms=Terms(),
            body=stored.store(),
        )


@contextmanager
def started() -> Iterator[Product]:
    """Run the product, whose database the benchmark shares."""
    with product() as running:
        os.environ["DEPLOY_UI_DATA_DIR"] = str(running.folder)
        settings.cache_clear()
        yield running


def image(running: Product) -> str:
    """Return an image that is ready."""
    form = {"name": (None, "calls"), "script": (None, SCRIPT)}
    made = expect(running.api.post("/images", files=form))["id"]
    until(lambda: expect(running.api.get(f"/images/{made}"))["status"] == "ready", "the image")
    return str(made)


@contextmanager
def target(running: Product, name: str, **values: Any) -> Iterator[Target]:
    """Run a deployment of one instance until the end of the block."""
    made = {"name": name, "min_instances": 1, "max_instances": 1, **values}
    slug = expect(running.api.post("/deployments", json=made))["slug"]
    secret = expect(running.api.post(f"/deployments/{slug}/keys", json={"name": "bench"}))["secret"]
    found = Target(running, slug, {"X-API-Key": secret, "Content-Type": "application/json"})
    until(lambda: _runs(found), f"{name} to run")
    yield found
    expect(running.api.delete(f"/deployments/{slug}"))


def worker(running: Product) -> psutil.Process:
    """Return the process that looks after whoever delivers."""
    return psutil.Process(lifeline.alive(running.folder / "run")["calls-1"])


@contextmanager
def nobody_delivers(running: Product) -> Iterator[None]:
    """Let calls wait until the end of the block: their worker stands still, and its deliverer has ended in order."""
    end_deliverer(running)
    parent = worker(running)
    parent.suspend()
    try:
        yield
    finally:
        parent.resume()


def end_deliverer(running: Product) -> None:
    """Let whoever delivers end, as it does by itself after a while without work."""
    for horse in worker(running).children():
        horse.terminate()
    until(lambda: not worker(running).children() and not _deliverers(), "the deliverer to end")
    time.sleep(SETTLE_S)


def expect(answer: httpx.Response) -> Any:
    """Return what was answered; anything but success ends the benchmark."""
    if answer.is_error:
        raise SystemExit(f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text}")
    return answer.json()


def until(condition: Callable[[], object], what: str, pause_s: float = LOOK_S) -> None:
    """Wait for a condition; in vain ends the benchmark."""
    end = time.monotonic() + WAIT_S
    while not condition():
        if time.monotonic() > end:
            raise SystemExit(f"waited {WAIT_S} s in vain for {what}")
        time.sleep(pause_s)


def _runs(found: Target) -> bool:
    return found.running.gateway.post(found.url, json={}, headers=found.headers).is_success


def _deliverers() -> int:
    with reading() as session:
        return int(session.exec(select(func.count()).select_from(DelivererRow)).one())


def _no(answer: intake.Accepted | AppError) -> bool:
    return isinstance(answer, AppError)
