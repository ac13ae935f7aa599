"""A real Prometheus (Debian's), for tests of what it scrapes and of what is asked of it."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.ports import free_port
from tests.waiting import eventually

ABSENT = "there is no Prometheus here: run `make prometheus`, or install Debian's package `prometheus`"
FETCHED = Path(sys.executable).parent
"""Where `make prometheus` puts it where the machine has none."""
START_S = 60


@dataclass(frozen=True)
class Prometheus:
    """One that runs."""

    url: str

    def get(self, path: str, **asked: Any) -> Any:
        """Ask its API; return the data."""
        answer = httpx.get(f"{self.url}/api/v1/{path}", params=asked, timeout=30, trust_env=False).json()
        assert answer["status"] == "success", answer
        return answer["data"]

    def value(self, query: str, **asked: Any) -> float:
        """Return the only value of a query."""
        (series,) = self.get("query", query=query, **asked)["result"]
        return float(series["value"][1])


def tool(*arguments: str, given: bytes = b"") -> str:
    """Run promtool; fail with its words."""
    ended = subprocess.run(
        [program("promtool"), *arguments], input=given, capture_output=True, check=False, timeout=START_S
    )
    said = (ended.stdout + ended.stderr).decode()
    assert ended.returncode == 0, said
    return said


def program(name: str) -> str:
    """Return where a program of Prometheus lies; skip the test where there is none."""
    found = shutil.which(name) or shutil.which(name, path=FETCHED)
    return found or pytest.skip(ABSENT)


@contextmanager
def running(folder: Path, config: Mapping[str, Any] | None = None) -> Iterator[Prometheus]:
    """Run one on `folder / "tsdb"` until the end of the block; without a configuration it scrapes nothing."""
    written = folder / "prometheus.json"
    written.write_text(json.dumps(config or {}))
    port = free_port()
    command = [
        *(program("prometheus"), f"--config.file={written}", f"--storage.tsdb.path={folder / 'tsdb'}"),
        *("--storage.tsdb.retention.time=10y", f"--web.listen-address=127.0.0.1:{port}", "--log.level=warn"),
    ]
    with (folder / "prometheus.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
    found = Prometheus(f"http://127.0.0.1:{port}")
    try:
        eventually(lambda: _ready(process, found, folder / "prometheus.log"), START_S)
        yield found
    finally:
        process.terminate()
        process.wait()


def scraping(port: int, **values: Any) -> dict[str, Any]:
    """Return the configuration of one that scrapes a console every second."""
    job = {"job_name": "deploy-ui", "static_configs": [{"targets": [f"127.0.0.1:{port}"]}], **values}
    return {"global": {"scrape_interval": "1s"}, "scrape_configs": [job]}


def backfill(folder: Path, openmetrics: bytes) -> None:
    """Put series with times into the storage of a Prometheus that does not run yet."""
    written = folder / "openmetrics.txt"
    written.write_bytes(openmetrics)
    tool("tsdb", "create-blocks-from", "openmetrics", str(written), str(folder / "tsdb"))


def _ready(process: subprocess.Popen[bytes], found: Prometheus, log: Path) -> bool:
    assert process.poll() is None, log.read_text()
    try:
        return httpx.get(f"{found.url}/-/ready", trust_env=False).status_code == 200
    except httpx.TransportError:
        return False
