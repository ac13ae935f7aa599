"""The whole product, started as a person would."""

import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

from deploy_ui.build_pages import ROOT
from deploy_ui.launch import lifeline
from tests.ports import free_ports
from tests.waiting import eventually

START_S = 120
END_S = 90


@dataclass(frozen=True)
class Product:
    """A running `deploy-ui up`."""

    process: subprocess.Popen[str]
    data_dir: Path
    console_port: int
    gateway_port: int

    @property
    def said(self) -> str:
        """What it printed so far."""
        return output_of(self.data_dir).read_text()

    def parts(self) -> dict[str, int]:
        """The processes that run, by part."""
        return lifeline.alive(self.data_dir / "run")

    def get(self, path: str) -> httpx.Response:
        """Ask the console."""
        return httpx.get(f"http://127.0.0.1:{self.console_port}{path}", timeout=30, trust_env=False)

    def ready(self) -> bool:
        """Say whether every part answers."""
        assert self.process.poll() is None, self.said
        try:
            return self.get("/readyz").status_code == 200
        except httpx.TransportError:
            return False

    def end(self) -> int:
        """Ask it to end; return its exit code."""
        self.process.terminate()
        return self.process.wait(END_S)


def output_of(data_dir: Path) -> Path:
    """Return where a product's output goes."""
    return data_dir.with_name(f"{data_dir.name}.out")


def environment(data_dir: Path, **values: object) -> dict[str, str]:
    """Return the environment of a command that works on a data folder, with no setting but these."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("DEPLOY_UI_")}
    return inherited | {"DEPLOY_UI_DATA_DIR": str(data_dir), "LANG": "C"} | {k: str(v) for k, v in values.items()}


def command(data_dir: Path, *arguments: str, **values: object) -> subprocess.CompletedProcess[str]:
    """Run a command of the product to its end."""
    return subprocess.run(
        [sys.executable, "-m", "deploy_ui", *arguments],
        env=environment(data_dir, **values),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=START_S,
    )


def left_of(processes: Iterable[psutil.Process]) -> list[psutil.Process]:
    """Return those that still run; an orphan that ended is a zombie until the first process of the machine sees it."""
    return [each for each in processes if each.is_running() and _status(each) != psutil.STATUS_ZOMBIE]


def _status(process: psutil.Process) -> str:
    try:
        return process.status()
    except psutil.NoSuchProcess:
        return psutil.STATUS_ZOMBIE


@contextmanager
def running(data_dir: Path, *arguments: str, **values: object) -> Iterator[Product]:
    """Run the product until the end of the block, and leave nothing behind whatever happens in it."""
    console_port, gateway_port = free_ports(2)
    ports = {"DEPLOY_UI_CONSOLE_PORT": console_port, "DEPLOY_UI_GATEWAY_PORT": gateway_port}
    with output_of(data_dir).open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "deploy_ui", "up", *arguments],
            env=environment(data_dir, **ports, **values),
            cwd=ROOT,
            stdout=output,
            stderr=output,
            text=True,
        )
    product = Product(process, data_dir, console_port, gateway_port)
    try:
        eventually(product.ready, START_S)
        yield product
    finally:
        product.end()
        lifeline.end_all(data_dir / "run", grace_s=END_S)
