"""How long `make up` takes when nothing is new, and what everything weighs at rest.

The first `make up` of the run installs and builds what is missing and is not counted; the second is. Beside its time
stands the work that no start can leave out, done alone in the same run: importing the console.
Run it with `python -m benchmarks.start`.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil

from deploy_ui.build_pages import ROOT
from deploy_ui.launch import lifeline
from tests.ports import free_port

FIRST_S, START_LIMIT_S, MEMORY_LIMIT_MB = 900, 10.0, 600
REST_S = 20
"""Caches are filled and start-up garbage is gone by then."""
MB = 1024 * 1024
OK = 200


def main() -> int:
    """Measure, print, and return 1 if a limit was broken."""
    with tempfile.TemporaryDirectory(prefix="deploy-ui-bench-") as folder:
        data_dir = Path(folder) / "data"
        with _up(data_dir, FIRST_S) as (_, first_s):
            pass
        console_s = _importing_the_console()
        with _up(data_dir, 6 * START_LIMIT_S) as (process, second_s):
            time.sleep(REST_S)
            weights = _weights(process, data_dir)
    print(f"first make up, to /readyz 200            {first_s:6.2f} s")
    print(f"second make up, to /readyz 200           {second_s:6.2f} s (limit {START_LIMIT_S:g})")
    print(f"importing the console alone              {console_s:6.2f} s; the start is {second_s / console_s:.2f} ×")
    print(f"{'memory at rest':<24}{'PSS MB':>10}{'RSS MB':>10}")
    for name, (pss, rss) in weights.items():
        print(f"{name:<24}{pss:>10.1f}{rss:>10.1f}")
    all_pss, all_rss = (sum(column) for column in zip(*weights.values(), strict=True))
    print(f"{'all':<24}{all_pss:>10.1f}{all_rss:>10.1f} (limit {MEMORY_LIMIT_MB})")
    return int(second_s > START_LIMIT_S or all_rss > MEMORY_LIMIT_MB)


@contextmanager
def _up(data_dir: Path, limit_s: float) -> Iterator[tuple[psutil.Process, float]]:
    """Run `make up` as a person does; give the process and the seconds until every part answered."""
    ports = {f"DEPLOY_UI_{name}_PORT": str(free_port()) for name in ("CONSOLE", "GATEWAY")}
    begun = time.perf_counter()
    process = subprocess.Popen(
        ["make", "up"],
        cwd=ROOT,
        env=os.environ | ports | {"DEPLOY_UI_DATA_DIR": str(data_dir)},
        stdout=subprocess.DEVNULL,
        process_group=0,
    )
    try:
        _wait_until_ready(process, ports["DEPLOY_UI_CONSOLE_PORT"], limit_s)
        yield psutil.Process(process.pid), time.perf_counter() - begun
    finally:
        os.killpg(process.pid, signal.SIGINT)  # as Ctrl-C does
        process.wait()


def _wait_until_ready(process: subprocess.Popen[bytes], port: str, limit_s: float) -> None:
    end = time.monotonic() + limit_s
    with httpx.Client(trust_env=False) as client:
        while time.monotonic() < end:
            if process.poll() is not None:
                sys.exit(f"make up ended with code {process.returncode}")
            try:
                if client.get(f"http://127.0.0.1:{port}/readyz").status_code == OK:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.02)
    sys.exit(f"not ready after {limit_s:g} s")


def _importing_the_console() -> float:
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import deploy_ui.deploy_ui"], cwd=ROOT, check=True)
    return time.perf_counter() - begun


def _weights(make: psutil.Process, data_dir: Path) -> dict[str, tuple[float, float]]:
    """Return PSS and RSS of every process that `make up` started, by part."""
    names = {pid: name for name, pid in lifeline.alive(data_dir / "run").items()}
    found = {}
    for process in make.children(recursive=True):
        memory = process.memory_full_info()
        unknown = "up" if "up" in process.cmdline() else f"{process.name()} {process.pid}"
        found[names.get(process.pid, unknown)] = (memory.pss / MB, memory.rss / MB)
    return found


if __name__ == "__main__":
    sys.exit(main())
