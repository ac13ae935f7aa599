"""How many run at once, how many wait, who is turned away, and what happens to those who leave."""

import asyncio
from pathlib import Path

import httpx
import pytest

from tests.serving.served import Served, error, start
from tests.waiting import eventually, eventually_async

SCRIPT = """
import threading
from pathlib import Path

class Model:
    lock = threading.Lock()
    running = most = 0

    def predict(self, payload):
        if payload == "most":
            return self.most
        with self.lock:
            self.running += 1
            self.most = max(self.most, self.running)
        print("began", payload)
        while not Path("go").exists():
            threading.Event().wait(0.01)
        with self.lock:
            self.running -= 1
        return payload
"""
ASYNC = """
import asyncio

class Model:
    async def predict(self, payload):
        print("began", payload)
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            print("canceled", payload)
            raise
"""


async def test_more_than_fit_wait_and_the_rest_is_turned_away(tmp_path: Path) -> None:
    with start(tmp_path, SCRIPT, CONCURRENCY="2", QUEUE="3") as served:
        async with httpx.AsyncClient(base_url=served.url, timeout=20) as client:
            sent = [asyncio.create_task(client.post("/predict", json=each)) for each in range(8)]
            await eventually_async(lambda: sum(task.done() for task in sent) == 3)
            for task in sent:
                if task.done():
                    assert (task.result().status_code, task.result().headers["retry-after"]) == (503, "1")
                    assert error(task.result())["code"] == "instance_busy"
            (served.folder / "go").touch()
            answers = await asyncio.gather(*sent)
        assert sum(answer.status_code == 200 for answer in answers) == 5
        assert served.post(payload="most").json() == 2


def test_health_answers_while_every_place_is_taken(tmp_path: Path) -> None:
    with start(tmp_path, SCRIPT, CONCURRENCY="1", QUEUE="0") as served:
        _leave(served, "held")
        eventually(lambda: "began held" in served.lines("stdout"))
        assert served.ready()
        assert served.post(payload=1).status_code == 503


async def test_whoever_leaves_the_queue_is_not_served(tmp_path: Path) -> None:
    with start(tmp_path, SCRIPT, CONCURRENCY="1", QUEUE="2") as served:
        async with httpx.AsyncClient(base_url=served.url, timeout=20) as client:
            first = asyncio.create_task(client.post("/predict", json="first"))
            await eventually_async(lambda: "began first" in served.lines("stdout"))
            _leave(served, "left")
            await eventually_async(lambda: any(" 499 " in line for line in served.lines("stdout")))
            (served.folder / "go").touch()
            assert (await first).json() == "first"
            assert (await client.post("/predict", json="next")).json() == "next"
        assert "began left" not in served.lines("stdout")


def test_an_async_predict_is_canceled_when_its_client_goes(tmp_path: Path) -> None:
    with start(tmp_path, ASYNC, CONCURRENCY="1", QUEUE="0") as served:
        _leave(served, "left")
        eventually(lambda: "canceled left" in served.lines("stdout"))
        eventually(lambda: any(" 499 " in line for line in served.lines("stdout")))


def _leave(served: Served, payload: str) -> None:
    """Send a request and go before it is answered."""
    with pytest.raises(httpx.ReadTimeout):
        served.client.post("/predict", json=payload, timeout=0.3)
