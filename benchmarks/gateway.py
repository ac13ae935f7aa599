"""What the gateway costs: the same instance called directly and through Envoy with a signed key, side by side.

Runs alternate, so that a busy machine slows both. The load comes from `wrk` where it is installed, else from a loader
of our own, which is slower and flatters the gateway.
"""

import asyncio
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from deploy_ui.runtimes.keeper.child import NICENESS
from tests.ports import free_port

ROUNDS = 7
SECONDS = 2.0
CONNECTIONS = 16
BODY = b'{"value": 1}'
LEAST_RATIO = 0.8
MOST_ADDED_US = 200

MODEL = """
class Model:
    def predict(self, payload: dict) -> dict:
        return payload
"""
BARE = """
async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    await receive()
    headers = [(b"content-type", b"application/json"), (b"content-length", b"12")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b'{"value": 1}'})
"""
WRK_SCRIPT = f"""
wrk.method = "POST"
wrk.body = '{BODY.decode()}'
wrk.headers["content-type"] = "application/json"
"""


@dataclass(frozen=True)
class Load:
    """How one run went."""

    per_second: float
    p50_us: float


Loader = Callable[[str, str, int], Load]
"""Calls an address with a key over so many connections."""


@dataclass
class Pair:
    """Runs of the same load, directly and through the gateway."""

    direct: list[Load] = field(default_factory=list)
    gateway: list[Load] = field(default_factory=list)

    def ratio(self) -> float:
        """Return throughput through the gateway over throughput without, as the median over the rounds."""
        return statistics.median(g.per_second / d.per_second for d, g in zip(self.direct, self.gateway, strict=True))

    def added_us(self) -> float:
        """Return what the gateway adds to the median answer, as the median over the rounds."""
        return statistics.median(g.p50_us - d.p50_us for d, g in zip(self.direct, self.gateway, strict=True))


def main() -> None:
    """Measure and print."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dui-bench-")))
        instances = {
            "model (deploy_ui.serving)": stack.enter_context(model_instance(folder)),
            "bare ASGI app (uvicorn)": stack.enter_context(bare_instance(folder)),
        }
        gateway = stack.enter_context(running_gateway(folder, list(instances.values())))
        send = wrk(folder) if shutil.which("wrk") else own_loader
        print(f"load from {send.__name__}, {ROUNDS} rounds of {SECONDS:g} s each, {os.cpu_count()} processors")
        for (name, address), (url, key) in zip(instances.items(), gateway, strict=True):
            report(name, measure(send, f"http://{address}/predict", url, key))


def measure(send: Loader, direct: str, through: str, key: str) -> dict[int, Pair]:
    """Alternate between the two ways, for many connections and for one."""
    pairs = {CONNECTIONS: Pair(), 1: Pair()}
    for round_number in range(ROUNDS + 1):
        for connections, pair in pairs.items():
            loads = send(direct, key, connections), send(through, key, connections)
            if round_number:  # the first one warms up
                pair.direct.append(loads[0])
                pair.gateway.append(loads[1])
    return pairs


def report(name: str, pairs: dict[int, Pair]) -> None:
    """Print one instance's numbers."""
    many, one = pairs[CONNECTIONS], pairs[1]
    print(f"\n{name}")
    for connections, pair in pairs.items():
        for way, loads in (("direct", pair.direct), ("gateway", pair.gateway)):
            rate = statistics.median(load.per_second for load in loads)
            p50 = statistics.median(load.p50_us for load in loads)
            print(f"  {connections:3} connections, {way:8} {rate:9,.0f}/s   p50 {p50:7,.0f} us")
    print(f"  throughput ratio  {many.ratio():.2f}   (wanted: at least {LEAST_RATIO})")
    print(f"  added p50         {one.added_us():.0f} us (wanted: at most {MOST_ADDED_US})", flush=True)


@contextmanager
def model_instance(folder: Path) -> Iterator[str]:
    """Run the server that model images run."""
    (folder / "serving.py").write_text(MODEL)
    command = [sys.executable, "-m", "deploy_ui.serving", "model", "--entry", "serving.py"]
    with instance(command, folder) as address:
        yield address


@contextmanager
def bare_instance(folder: Path) -> Iterator[str]:
    """Run the fastest Python server there is: the more it answers, the more the gateway shows."""
    (folder / "bare.py").write_text(BARE)
    code = "import os, uvicorn; uvicorn.run('bare:app', port=int(os.environ['PORT']), log_level='critical')"
    with instance([sys.executable, "-c", code], folder) as address:
        yield address


@contextmanager
def instance(command: list[str], folder: Path) -> Iterator[str]:
    """Run an instance on a free port, as nice to the others as the process runtime makes it."""
    port = free_port()
    paths = os.pathsep.join([str(Path(__file__).parent.parent), str(folder)])
    env = os.environ | {"PORT": str(port), "PYTHONPATH": paths}
    nice = ["nice", "-n", str(NICENESS)]
    with subprocess.Popen([*nice, *command], cwd=folder, env=env, stdout=subprocess.DEVNULL) as server:
        try:
            wait(lambda: listens(port))
            yield f"127.0.0.1:{port}"
        finally:
            server.terminate()


@contextmanager
def running_gateway(folder: Path, addresses: list[str]) -> Iterator[list[tuple[str, str]]]:
    """Run the gateway as the product does; yield the address and a key for each instance."""
    port = free_port()
    os.environ |= {"DEPLOY_UI_DATA_DIR": str(folder), "DEPLOY_UI_GATEWAY_PORT": str(port)}
    from deploy_ui import clock  # noqa: PLC0415 -- settings are read once, so after they are set
    from deploy_ui.gateway import keys, process, writer  # noqa: PLC0415
    from deploy_ui.gateway.routes import Grant, Route, RouteState  # noqa: PLC0415

    process.bootstrap()
    found = []
    routes = []
    for number, address in enumerate(addresses):
        slug = f"bench-{number}"
        routes.append(Route(slug, RouteState.SERVING, (address,), (Grant("k"),)))
        key = keys.sign(key_id="k", slug=slug, now=clock.now(), expires_at=None)
        found.append((f"http://127.0.0.1:{port}/{slug}/predict", key))
    writer.write(routes)
    with subprocess.Popen(process.command(), stderr=subprocess.DEVNULL) as envoy:
        try:
            wait(lambda: process.ready() and process.applied())
            yield found
        finally:
            envoy.terminate()


def wrk(folder: Path) -> Loader:
    """Return a loader that runs wrk with one thread."""
    script = folder / "post.lua"
    script.write_text(WRK_SCRIPT)

    def run_wrk(url: str, key: str, connections: int) -> Load:
        options = ["-t1", f"-c{connections}", f"-d{SECONDS:g}s", "--latency", "-s", str(script)]
        command = ["wrk", *options, "-H", f"x-api-key: {key}", url]
        text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        if "Non-2xx" in text or "Socket errors" in text:
            raise RuntimeError(text)
        rate, p50, unit = _found(r"Requests/sec:\s+([\d.]+)", text)[0], *_found(r"50%\s+([\d.]+)(us|ms|s)", text)
        return Load(float(rate), float(p50) * {"us": 1, "ms": 1e3, "s": 1e6}[unit])

    return run_wrk


def _found(pattern: str, text: str) -> tuple[str, ...]:
    match = re.search(pattern, text)
    if not match:
        raise RuntimeError(text)
    return match.groups()


def own_loader(url: str, key: str, connections: int) -> Load:
    """Send requests over so many connections, each its next one as soon as it is answered."""
    return asyncio.run(_load(url, key, connections))


async def _load(url: str, key: str, connections: int) -> Load:
    parts = urlsplit(url)
    head = f"POST {parts.path} HTTP/1.1\r\nhost: {parts.netloc}\r\nx-api-key: {key}\r\n"
    request = f"{head}content-type: application/json\r\ncontent-length: {len(BODY)}\r\n\r\n".encode() + BODY
    took: list[float] = []
    end = time.perf_counter() + SECONDS

    async def call() -> None:
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        while (began := time.perf_counter()) < end:
            writer.write(request)
            answer = await reader.readuntil(b"\r\n\r\n")
            if not answer.startswith(b"HTTP/1.1 200"):
                raise RuntimeError(answer)
            await reader.readexactly(int(_found(r"content-length: (\d+)", answer.decode().lower())[0]))
            took.append(time.perf_counter() - began)
        writer.close()

    await asyncio.gather(*(call() for _ in range(connections)))
    return Load(len(took) / SECONDS, statistics.median(took) * 1e6)


def listens(port: int) -> bool:
    """Say whether somebody takes connections on the port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait(condition: Callable[[], bool], timeout_s: float = 30) -> None:
    """Return once the condition holds."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.02)


if __name__ == "__main__":
    main()
