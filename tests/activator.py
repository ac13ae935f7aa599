"""A real activator process for tests of the gateway and of what stands behind it."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from deploy_ui.build_pages import ROOT
from deploy_ui.gateway import places, unix_http
from deploy_ui.settings import settings
from tests.launch.product import environment
from tests.waiting import eventually


@contextmanager
def running(redis_url: str = "") -> Iterator["subprocess.Popen[bytes]"]:
    """Run the activator of the data folder at hand until the end of the block."""
    command = [sys.executable, "-m", "deploy_ui", "activator"]
    env = environment(settings().data_dir, DEPLOY_UI_REDIS_URL=redis_url or settings().redis)
    settings().gateway_dir.mkdir(parents=True, exist_ok=True)
    with (settings().gateway_dir / "activator.log").open("ab") as log:
        process = subprocess.Popen(command, env=env, cwd=ROOT, stdout=log, stderr=log)
    try:
        eventually(answers)
        yield process
    finally:
        process.terminate()
        process.wait()


def answers() -> bool:
    """Say whether an activator listens."""
    try:
        return unix_http.ask(places.activator_socket(settings()), "/held", timeout_s=2)[0] == 200
    except OSError:
        return False
