"""From the start of the process to its end."""

import asyncio
import json
import signal
import socket
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.serving.served import Served, error, start
from tests.waiting import eventually, eventually_async

SLOW_LOAD = """
import threading
from pathlib import Path

class Model:
    def load(self):
        print("loading")
        while not Path("go").exists():
            threading.Event().wait(0.01)

    def predict(self, payload):
        return payload
"""
WAITS = """
import threading
from pathlib import Path

class Model:
    def predict(self, payload):
        print("began", payload)
        while not Path("go").exists():
            threading.Event().wait(0.01)
        return payload
"""
STREAMS = """
import asyncio
from pathlib import Path

class Model:
    async def predict(self, payload):
        yield {"n": 0}
        while not Path("go").exists():
            await asyncio.sleep(0.01)
        yield {"n": 1}
"""


def alive(served: Served) -> bool:
    try:
        return served.client.get("/health/live").status_code == 200
    except httpx.TransportError:
        return False


def fault(served: Served) -> dict[str, Any]:
    """Return the last line that the process wrote to stderr."""
    found: dict[str, Any] = json.loads(served.lines()[-1])
    return found


def test_nothing_is_imported_that_an_instance_has_no_use_for(tmp_path: Path) -> None:
    """Each of these would cost every start of an instance."""
    script = (
        "import sys\nclass Model:\n    def predict(self, names):\n        return [n for n in names if n in sys.modules]"
    )
    costly = ["uvicorn.main", "multiprocessing", "argparse", "pydantic", "websockets", "h11", "typing_extensions"]
    with start(tmp_path, script) as served:
        assert served.post(payload=[*costly, "uvicorn.server"]).json() == ["uvicorn.server"]


def test_it_is_alive_but_not_ready_while_it_loads(tmp_path: Path) -> None:
    with start(tmp_path, SLOW_LOAD, wait=False) as served:
        eventually(lambda: alive(served))
        eventually(lambda: "loading" in served.lines("stdout"))
        for response in (
            served.client.get("/health/ready"),
            served.post(payload=1),
            served.client.get("/openapi.json"),
        ):
            assert (response.status_code, error(response)["code"]) == (503, "not_ready")
            assert response.headers["retry-after"] == "1"
        (tmp_path / "go").touch()
        eventually(served.ready)
        assert served.post(payload=1).json() == 1


@pytest.mark.parametrize("load", ["async def load(self):\n        self.x = 1", "def load(self):\n        self.x = 1"])
def test_load_may_be_async(tmp_path: Path, load: str) -> None:
    script = f"class Model:\n    {load}\n    def predict(self, payload):\n        return self.x\n"
    with start(tmp_path, script) as served:
        assert served.post(payload=0).json() == 1


def test_a_load_that_raises_ends_the_process_with_a_traceback_and_a_line_for_the_platform(tmp_path: Path) -> None:
    script = "class Model:\n    def load(self):\n        open('weights.bin')\n    def predict(self, payload): ...\n"
    with start(tmp_path, script, wait=False) as served:
        assert served.process.wait(10) == 1
        assert fault(served) == {
            "code": "load_failed",
            "line": 3,
            "message": "FileNotFoundError: [Errno 2] No such file or directory: 'weights.bin'",
        }
        assert "Traceback (most recent call last):" in served.lines()
        assert "deploy_ui_serving" not in "\n".join(served.lines()[:-1])


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ("import no_such_package", "script_import_failed"),
        ("x = 1", "script_no_model"),
        ("class Model:\n    def __init__(self):\n        1 / 0\n    def predict(self, payload): ...", "load_failed"),
        (
            "class Model:\n    def load(self):\n        raise SystemExit(0)\n    def predict(self, x): ...",
            "load_failed",
        ),
    ],
)
def test_a_script_that_cannot_run_ends_the_process(tmp_path: Path, script: str, code: str) -> None:
    with start(tmp_path, script, wait=False) as served:
        assert served.process.wait(10) == 1
        assert fault(served)["code"] == code


async def test_requests_in_flight_are_finished_and_nothing_new_is_taken(tmp_path: Path) -> None:
    with start(tmp_path, WAITS, CONCURRENCY="1") as served:
        async with httpx.AsyncClient(base_url=served.url, timeout=20) as client:
            running = [asyncio.create_task(client.post("/predict", json=each)) for each in range(2)]
            await eventually_async(lambda: any("began" in line for line in served.lines("stdout")))
            served.process.send_signal(signal.SIGTERM)
            await eventually_async(lambda: not alive(served))
            (tmp_path / "go").touch()
            answers = await asyncio.gather(*running)
        assert [answer.json() for answer in answers] == [0, 1]
        assert served.process.wait(10) == 0


def test_a_stream_in_flight_is_finished(tmp_path: Path) -> None:
    with start(tmp_path, STREAMS) as served:
        with served.client.stream("POST", "/predict", json=1) as response:
            lines = response.iter_lines()
            assert json.loads(next(lines)) == {"n": 0}
            served.process.send_signal(signal.SIGTERM)
            eventually(lambda: refuses(served))
            (tmp_path / "go").touch()
            assert [json.loads(line) for line in lines] == [{"n": 1}]
        assert served.process.wait(10) == 0


def refuses(served: Served) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", int(served.url.rpartition(":")[2]))) != 0


@pytest.mark.parametrize("script", [WAITS, STREAMS], ids=["a thread", "a stream"])
def test_what_outlasts_the_grace_is_cut_off(tmp_path: Path, script: str) -> None:
    with start(tmp_path, script, GRACE_S="1") as served:
        with pytest.raises(httpx.ReadTimeout):
            served.client.post("/predict", json=1, timeout=0.5)
        reader = socket.create_connection(("127.0.0.1", int(served.url.rpartition(":")[2])))
        reader.sendall(
            b"POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1\r\n\r\n1"
        )
        eventually(lambda: " 499 " in str(served.lines("stdout")) or "began" in str(served.lines("stdout")))
        assert served.end() == 0
        reader.close()


def test_the_end_does_not_wait_for_a_load(tmp_path: Path) -> None:
    with start(tmp_path, SLOW_LOAD, wait=False) as served:
        eventually(lambda: "loading" in served.lines("stdout"))
        eventually(lambda: alive(served))
        assert served.end() == 0


def test_prints_and_logging_come_at_once(tmp_path: Path) -> None:
    script = """
import logging
log = logging.getLogger("mine")
class Model:
    def predict(self, payload):
        print("printed", "\u2211")
        log.info("logged")
        return payload
"""
    with start(tmp_path, script) as served:
        served.post(payload=1)
        assert "printed \u2211" in served.lines("stdout")
        assert "INFO mine: logged" in served.lines()


def test_logging_that_the_script_sets_up_stays_as_it_is(tmp_path: Path) -> None:
    script = """
import logging
logging.basicConfig(format="mine %(message)s", level=logging.WARNING)
class Model:
    def predict(self, payload):
        logging.info("unseen")
        logging.warning("seen")
        return payload
"""
    with start(tmp_path, script) as served:
        served.post(payload=1)
        assert [line for line in served.lines() if "seen" in line] == ["mine seen"]


def test_a_taken_port_is_told(tmp_path: Path) -> None:
    with start(tmp_path, WAITS) as served:
        (tmp_path / "other").mkdir()
        port = served.url.rpartition(":")[2]
        with start(tmp_path / "other", WAITS, wait=False, PORT=port) as second:
            assert second.process.wait(10) == 1
            assert fault(second)["code"] == "port_not_free"


@pytest.mark.parametrize(("name", "value"), [("PORT", ""), ("PORT", "http"), ("CONCURRENCY", "0"), ("QUEUE", "-1")])
def test_a_wrong_variable_is_told(tmp_path: Path, name: str, value: str) -> None:
    with start(tmp_path, WAITS, wait=False, **{name: value}) as served:
        assert served.process.wait(10) == 2
        assert name in fault(served)["message"]
