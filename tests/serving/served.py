"""Starts the serving server as an instance would: a process of its own, the script's folder as working directory."""

import atexit
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import httpx

from tests.ports import free_port
from tests.waiting import eventually

SOURCE = Path(__file__).parents[2] / "deploy_ui" / "serving"


@cache
def site() -> Path:
    """Return a folder that holds the server as the builder copies it."""
    folder = Path(tempfile.mkdtemp(prefix="deploy-ui-serving-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    shutil.copytree(SOURCE, folder / "deploy_ui_serving", ignore=shutil.ignore_patterns("__pycache__"))
    subprocess.run([sys.executable, "-m", "compileall", "-q", str(folder)], check=True)
    return folder


@dataclass
class Served:
    """A running server."""

    process: subprocess.Popen[bytes]
    url: str
    folder: Path
    client: httpx.Client

    def post(self, path: str = "/predict", payload: object = None, **more: Any) -> httpx.Response:
        """Send the payload as JSON."""
        headers = {"content-type": "application/json", **more.pop("headers", {})}
        return self.client.post(path, content=json.dumps(payload), headers=headers, **more)

    def lines(self, stream: str = "stderr") -> list[str]:
        return (self.folder / f"{stream}.log").read_text().splitlines()

    def line(self, ending: str) -> str:
        """Wait for a line on stdout: it is written behind the answer."""
        return eventually(lambda: next((each for each in self.lines("stdout") if each.endswith(ending)), ""))

    def ready(self) -> bool:
        try:
            return self.client.get("/health/ready").status_code == 200
        except httpx.TransportError:
            assert self.process.poll() is None, self.lines()
            return False

    def end(self) -> int:
        """Ask the process to end and return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(20)


@contextmanager
def start(
    folder: Path, script: str, kind: str = "model", *, wait: bool = True, python: str = sys.executable, **env: str
) -> Iterator[Served]:
    """Run a server for the script; end it with the block."""
    (folder / "serving.py").write_text(script)
    port = free_port()
    command = [python, "-m", "deploy_ui_serving", kind, "--entry", "serving.py"]
    environment = {**surroundings(), "PORT": str(port), "DEPLOYMENT": "demo", "INSTANCE": "demo-1", **env}
    with (folder / "stdout.log").open("wb") as out, (folder / "stderr.log").open("wb") as err:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=out, stderr=err)
    url = f"http://127.0.0.1:{port}"
    try:
        with httpx.Client(base_url=url, timeout=20) as client:
            served = Served(process, url, folder, client)
            if wait:
                eventually(served.ready)
            yield served
    finally:
        process.kill()
        process.wait()


@dataclass
class Checked:
    """What `check` said."""

    code: int
    schema: Any
    fault: dict[str, Any]
    stderr: str


def check(folder: Path, script: str, kind: str = "model") -> Checked:
    """Run `check` on the script."""
    (folder / "serving.py").write_text(script)
    out = folder / "schema.json"
    command = [sys.executable, "-m", "deploy_ui_serving", "check", "--kind", kind, "--entry", "serving.py"]
    done = subprocess.run(
        [*command, "--schema-out", str(out)],
        cwd=folder,
        env=surroundings(),
        capture_output=True,
        text=True,
        check=False,
    )
    fault = json.loads(done.stderr.splitlines()[-1]) if done.returncode else {}
    return Checked(done.returncode, json.loads(out.read_text()) if out.exists() else None, fault, done.stderr)


def surroundings() -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "PYTHONPATH": str(site()), "LANG": "C"}


def error(response: httpx.Response) -> dict[str, Any]:
    """Return the body's error."""
    found: dict[str, Any] = response.json()["error"]
    return found
