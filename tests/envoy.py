"""A real Envoy for tests of the gateway and of what stands behind it."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from deploy_ui.gateway import process
from deploy_ui.settings import settings
from tests.waiting import eventually


@contextmanager
def running() -> Iterator[None]:
    """Run the gateway of the settings at hand until the end of the block."""
    process.bootstrap()
    with (settings().gateway_dir / "envoy.log").open("wb") as log:
        envoy = subprocess.Popen(process.command(), stdout=log, stderr=log)
    try:
        eventually(process.ready)
        yield
    finally:
        envoy.terminate()
        envoy.wait()
