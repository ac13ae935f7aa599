"""How long people wait: for an image, for the first answer of a deployment, for a revoked key to be refused.

Starts the whole product with a data folder and ports of its own. Beside each of our numbers stands the same work done
by hand in the same round: uv alone for the image, the bare process for the deployment.
Run it with `python -m benchmarks.lifecycle`.
"""

import os
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from uv import find_uv_bin

from tests.ports import free_port, free_ports

ROUNDS = 5
START_S = 120
WAIT_S = 120
PAUSE_S = 0.005
PACKAGES = ("idna", "packaging", "click", "six", "attrs", "toml")
"""Small and pure; every round takes all but one, so that its environment is new and its packages are cached."""
SCRIPT = """
class Model:
    def predict(self, payload: dict) -> dict:
        return {"sum": payload["a"] + payload["b"], "round": %d}
"""
QUESTION = {"a": 1, "b": 2}
ADMIN = {"email": "bench@example.org", "password": "a-password-for-one-run"}
OK, REFUSED = 200, 401


@dataclass
class Numbers:
    """What was measured of one thing: ours, and the same by hand."""

    title: str
    limit_s: float
    ours: list[float] = field(default_factory=list)
    by_hand: list[float] = field(default_factory=list)

    @property
    def kept(self) -> bool:
        """Say whether the limit was kept in the middle case."""
        return statistics.median(self.ours) <= self.limit_s

    def line(self) -> str:
        """Return the numbers as a line to print."""
        middle = statistics.median(self.ours)
        told = f"{self.title:<44} {middle:6.2f} s (worst {max(self.ours):5.2f}, limit {self.limit_s:g})"
        if self.by_hand:
            hand = statistics.median(self.by_hand)
            told += f"   by hand {hand:5.2f} s, ratio {middle / hand:4.1f}"
        return f"{told}   {'ok' if self.kept else 'TOO SLOW'}"


@dataclass(frozen=True)
class Product:
    """The running product."""

    folder: Path
    api: httpx.Client
    gateway: httpx.Client

    def image(self, number: int, requirements: str, script: str = "") -> dict[str, str]:
        """Upload an image, by default of SCRIPT, and wait until it is ready."""
        form = {"name": f"bench-{number}", "script": script or SCRIPT % number, "requirements": requirements}
        image: dict[str, str] = _json(
            self.api.post("/images", files={name: (None, value) for name, value in form.items()})
        )
        while image["status"] in {"queued", "building"}:
            time.sleep(PAUSE_S)
            image = _json(self.api.get(f"/images/{image['id']}"))
        if image["status"] != "ready":
            raise SystemExit(f"the image did not build: {image['reason']}")
        return image

    def ask(self, slug: str, secret: str) -> int:
        """Send one request through the gateway; return the status."""
        return self.gateway.post(f"/{slug}/predict", json=QUESTION, headers={"X-API-Key": secret}).status_code


@contextmanager
def product() -> Iterator[Product]:
    """Run `deploy-ui up` until the end of the block."""
    with tempfile.TemporaryDirectory(prefix="dui-bench-") as folder:
        console, gateway = free_ports(2)
        settings = {
            "DATA_DIR": folder,
            "CONSOLE_PORT": str(console),
            "GATEWAY_PORT": str(gateway),
            "ADMIN_EMAIL": ADMIN["email"],
            "ADMIN_PASSWORD": ADMIN["password"],
        }
        clean = {name: value for name, value in os.environ.items() if not name.startswith("DEPLOY_UI_")}
        with (Path(folder) / "up.txt").open("w+b") as output:
            up = subprocess.Popen(
                [sys.executable, "-m", "deploy_ui", "up"],
                env=clean | {f"DEPLOY_UI_{name}": value for name, value in settings.items()},
                stdout=output,
                stderr=output,
            )
            try:
                with _clients(console, gateway) as (api, front):
                    _until(lambda: up.poll() is not None or _ready(api), START_S, "the product to start")
                    if up.poll() is not None:
                        output.seek(0)
                        raise SystemExit(output.read().decode())
                    token = _json(api.post("/login", json=ADMIN))["token"]
                    api.headers["Authorization"] = f"Bearer {token}"
                    yield Product(Path(folder), api, front)
            finally:
                up.send_signal(signal.SIGTERM)
                up.wait()


def main() -> int:
    """Measure and print; 1 if a limit was not kept."""
    with product() as running:
        running.image(0, "\n".join(PACKAGES))
        images = Numbers("image with cached packages: upload → ready", 3)
        first = Numbers("create deployment → first 200 at the gateway", 2)
        revoked = Numbers("key revoked → refused", 2)
        image: dict[str, str] = {}
        for number in range(1, ROUNDS + 1):
            image = _measure_image(running, images, number)
            _measure_deployment(running, first, revoked, image["id"], number)
        asked, failed = _measure_change(running, image["id"])
    for each in (images, first, revoked):
        print(each.line())
    print(f"requests while a deployment was changed: {asked}, failed: {failed}")
    return 0 if failed == 0 and all(each.kept for each in (images, first, revoked)) else 1


def _measure_image(running: Product, images: Numbers, number: int) -> dict[str, str]:
    wanted = [name for name in PACKAGES if name != PACKAGES[number % len(PACKAGES)]]
    with _timed(images.ours):
        image = running.image(number, "\n".join(wanted))
    with tempfile.TemporaryDirectory() as folder, _timed(images.by_hand):
        uv, venv = find_uv_bin(), f"{folder}/venv"
        subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, venv], check=True)
        subprocess.run([uv, "pip", "install", "--quiet", "--python", venv, *wanted, *_server_packages()], check=True)
    return image


def _server_packages() -> list[str]:
    """Return what every image of kind `model` needs beside its own."""
    lines = Path("deploy_ui/serving/requirements.txt").read_text().splitlines()
    return [line.split("#")[0].strip() for line in lines if line.split("#")[0].strip()]


def _measure_deployment(running: Product, first: Numbers, revoked: Numbers, image: str, number: int) -> None:
    with _timed(first.ours):
        slug = _json(running.api.post("/deployments", json={"name": f"Bench {number}", "image": image}))["slug"]
        made = _json(running.api.post(f"/deployments/{slug}/keys", json={"name": "bench"}))
        _until(lambda: running.ask(slug, made["secret"]) == OK, WAIT_S, "the first answer")
    _json(running.api.delete(f"/deployments/{slug}/keys/{made['key']['id']}"))
    with _timed(revoked.ours):
        _until(lambda: running.ask(slug, made["secret"]) == REFUSED, WAIT_S, "the key to be refused")
    _json(running.api.delete(f"/deployments/{slug}"))
    with _timed(first.by_hand):
        _start_by_hand(running, image)


def _start_by_hand(running: Product, image: str) -> None:
    """Start the same server as a bare process, ask it once, and end it."""
    environment = _json(running.api.get(f"/images/{image}"))["environment"]
    python = running.folder / "environments" / environment / "bin" / "python"
    port = free_port()
    instance = subprocess.Popen(
        [python, "-m", "deploy_ui_serving", "model", "--entry", "serving.py"],
        cwd=running.folder / "images" / image / "src",
        env={"PORT": str(port), "DEPLOYMENT": "hand", "INSTANCE": "hand", "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
            _until(lambda: _status(client) == OK, WAIT_S, "the bare process")
    finally:
        instance.terminate()
        instance.wait()


def _measure_change(running: Product, image: str) -> tuple[int, int]:
    """Change a deployment under load; return how many requests were sent, and how many were not answered with 200."""
    made = {"name": "Bench change", "image": image, "min_instances": 2}
    slug = _json(running.api.post("/deployments", json=made))["slug"]
    secret = _json(running.api.post(f"/deployments/{slug}/keys", json={"name": "bench"}))["secret"]
    _until(lambda: _runs(running, slug) and running.ask(slug, secret) == OK, WAIT_S, "the deployment to run")
    answers: list[int] = []
    changed = threading.Event()

    def call() -> None:
        while not changed.is_set():
            answers.append(running.ask(slug, secret))

    callers = [threading.Thread(target=call) for _ in range(4)]
    for caller in callers:
        caller.start()
    _json(running.api.patch(f"/deployments/{slug}", json={"env": {"NEW": "1"}}))
    _until(lambda: _runs(running, slug), WAIT_S, "the change")
    changed.set()
    for caller in callers:
        caller.join()
    return len(answers), sum(answer != OK for answer in answers)


def _runs(running: Product, slug: str) -> bool:
    card = _json(running.api.get(f"/deployments/{slug}"))
    return bool(card["phase"] == "running" and card["settled"])


@contextmanager
def _clients(console: int, gateway: int) -> Iterator[tuple[httpx.Client, httpx.Client]]:
    with (
        httpx.Client(base_url=f"http://127.0.0.1:{console}/api/v1", timeout=WAIT_S, trust_env=False) as api,
        httpx.Client(base_url=f"http://127.0.0.1:{gateway}", timeout=WAIT_S, trust_env=False) as front,
    ):
        yield api, front


@contextmanager
def _timed(into: list[float]) -> Iterator[None]:
    began = time.monotonic()
    yield
    into.append(time.monotonic() - began)


def _until(condition: Callable[[], bool], timeout_s: float, what: str) -> None:
    end = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > end:
            raise SystemExit(f"waited {timeout_s:g} s in vain for {what}")
        time.sleep(PAUSE_S)


def _ready(api: httpx.Client) -> bool:
    try:
        return api.get(str(api.base_url.copy_with(path="/readyz"))).status_code == OK
    except httpx.TransportError:
        return False


def _status(client: httpx.Client) -> int:
    try:
        return client.post("/predict", json=QUESTION).status_code
    except httpx.TransportError:
        return 0


def _json(answer: httpx.Response) -> Any:
    if answer.is_error:
        raise SystemExit(f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text}")
    return answer.json()


if __name__ == "__main__":
    sys.exit(main())
