"""How long the first caller of a sleeping deployment waits, and what happens when many are woken at once.

Starts the whole product with a data folder and ports of its own. Beside each wake stands a bare start in the same
minute: the same interpreter with uvicorn and Starlette, from the start of its process to its first answer.
Run it with `python -m benchmarks.coldstart`.
"""

import os
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.lifecycle import OK, Product, product
from tests.ports import free_port

WAKES, AT_ONCE = 30, 25
P50_S, P95_S, AT_ONCE_P95_S, MOST_TIMES_BARE = 0.4, 0.7, 8.0, 1.3
WAIT_S, LOOK_S, QUICK_LOOK_S = 180, 0.1, 0.001
ASLEEP = {"min_instances": 0, "max_instances": 1, "idle_timeout_s": 1, "memory_mb": 256}
BARE = """
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

async def answer(request):
    return JSONResponse({})

app = Starlette(routes=[Route("/", answer)])
"""
QUESTION = b"GET / HTTP/1.1\r\nHost: bare\r\nConnection: close\r\n\r\n"


@dataclass(frozen=True)
class Sleeper:
    """A deployment that sleeps whenever nobody calls it."""

    slug: str
    secret: str


def main() -> int:
    """Measure and print; 1 if a limit was not kept."""
    with product() as running:
        image = running.image(1, "starlette")
        wakes, bare = _wake_again_and_again(running, image)
        statuses, at_once = _wake_many(running, image["id"])
    middle, bare_middle = statistics.median(wakes), statistics.median(bare)
    kept = middle <= P50_S and _p95(wakes) <= P95_S
    kept_at_once = set(statuses) == {OK} and _p95(at_once) <= AT_ONCE_P95_S
    limits = f"(limits {P50_S:g} and {P95_S:g})   {_word(kept)}"
    print(f"{f'sleeping → first answer, {len(wakes)} wakes':<36}{_line(wakes)} {limits}")
    print(f"{'bare start, uvicorn + Starlette':<36}{_line(bare)}")
    print(f"{'ratio of the middle ones':<36}{middle / bare_middle:.2f} (aim {MOST_TIMES_BARE:g})")
    many = f"{len(at_once)} woken at once, {statuses.count(OK)} × 200"
    print(f"{many:<36}{_line(at_once)} (limit of p95 {AT_ONCE_P95_S:g})   {_word(kept_at_once)}")
    return 0 if kept and kept_at_once else 1


def _wake_again_and_again(running: Product, image: dict[str, str]) -> tuple[list[float], list[float]]:
    sleeper = _sleeper(running, image["id"], 0)
    wakes: list[float] = []
    bare: list[float] = []
    for _ in range(WAKES):
        _until(lambda: _asleep(running, sleeper), "the deployment to fall asleep")
        status, seconds = _call(running, sleeper)
        if status != OK:
            raise SystemExit(f"a wake was answered with {status}")
        wakes.append(seconds)
        bare.append(_start_bare(running.folder, image["environment"]))
    _expect(running.api.delete(f"/deployments/{sleeper.slug}"))
    return wakes, bare


def _wake_many(running: Product, image: str) -> tuple[list[int], list[float]]:
    sleepers = [_sleeper(running, image, number) for number in range(1, AT_ONCE + 1)]
    for each in sleepers:
        _until(lambda each=each: _asleep(running, each), "everybody to fall asleep")  # type: ignore[misc]
    gate = threading.Barrier(AT_ONCE)

    def wake(sleeper: Sleeper) -> tuple[int, float]:
        gate.wait()
        return _call(running, sleeper)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(wake, sleepers))
    return [status for status, _ in answers], [seconds for _, seconds in answers]


def _sleeper(running: Product, image: str, number: int) -> Sleeper:
    made = {"name": f"Cold {number}", "image": image, **ASLEEP}
    slug = _expect(running.api.post("/deployments", json=made))["slug"]
    secret = _expect(running.api.post(f"/deployments/{slug}/keys", json={"name": "bench"}))["secret"]
    return Sleeper(slug, secret)


def _asleep(running: Product, sleeper: Sleeper) -> bool:
    """Say whether it sleeps, and whatever ran of it has ended: nothing is left that could answer."""
    if _expect(running.api.get(f"/deployments/{sleeper.slug}"))["phase"] != "sleeping":
        return False
    rows = _expect(running.api.get(f"/deployments/{sleeper.slug}/instances"))["items"]
    return all(row["ended_at"] for row in rows)


def _call(running: Product, sleeper: Sleeper) -> tuple[int, float]:
    began = time.perf_counter()
    status = running.ask(sleeper.slug, sleeper.secret)
    return status, time.perf_counter() - began


def _start_bare(folder: Path, environment: str) -> float:
    """Return the seconds from the start of a bare server's process to its first answer."""
    (folder / "bare.py").write_text(BARE)
    port = free_port()
    python = folder / "environments" / environment / "bin" / "python"
    command = [str(python), "-m", "uvicorn", "--port", str(port), "--log-level", "error", "bare:app"]
    clean = {"PATH": os.environ["PATH"]}
    began = time.perf_counter()
    server = subprocess.Popen(command, cwd=folder, env=clean, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _until(lambda: _answers(port), "the bare server", QUICK_LOOK_S)
        return time.perf_counter() - began
    finally:
        server.kill()
        server.wait()


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=WAIT_S) as caller:
            caller.sendall(QUESTION)
            return caller.recv(100).startswith(b"HTTP/1.1 200")
    except OSError:
        return False


def _until(condition: Callable[[], bool], what: str, pause_s: float = LOOK_S) -> None:
    end = time.monotonic() + WAIT_S
    while not condition():
        if time.monotonic() > end:
            raise SystemExit(f"waited {WAIT_S} s in vain for {what}")
        time.sleep(pause_s)


def _expect(answer: Any) -> Any:
    if answer.is_error:
        raise SystemExit(f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text}")
    return answer.json()


def _line(seconds: Sequence[float]) -> str:
    return f"p50 {statistics.median(seconds):.3f} s, p95 {_p95(seconds):.3f} s, longest {max(seconds):.3f} s"


def _p95(seconds: Sequence[float]) -> float:
    return statistics.quantiles(seconds, n=20, method="inclusive")[-1]


def _word(kept: bool) -> str:  # noqa: FBT001 -- a fact put into words
    return "ok" if kept else "TOO SLOW"


if __name__ == "__main__":
    sys.exit(main())
