"""Two controllers on one data folder, as processes: the second waits, and takes over when the first is killed."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy_ui.enums import Phase
from deploy_ui.services import deployments
from tests.controller.product import Product
from tests.waiting import eventually

START_S = 30
TAKES_OVER_S = 10


def test_a_second_controller_takes_over_within_ten_seconds(product: Product, tmp_path: Path) -> None:
    product.stop()
    slug = product.deploy(min_instances=1, max_instances=3)
    with _controller(tmp_path / "first") as first:
        eventually(lambda: product.card(slug).phase is Phase.RUNNING, START_S)
        with _controller(tmp_path / "second"):
            eventually(lambda: "standing by" in (tmp_path / "second").read_text(), START_S)
            first.kill()
            deployments.scale(product.viewer, slug, 3)
            eventually(lambda: product.card(slug).ready_instances == 3, TAKES_OVER_S)
            assert len(product.running()) == 3


@contextmanager
def _controller(output: Path) -> Iterator["subprocess.Popen[bytes]"]:
    command = [sys.executable, "-m", "deploy_ui", "controller"]
    with output.open("wb") as file, subprocess.Popen(command, stdout=file, stderr=file) as process:
        try:
            yield process
        finally:
            process.kill()
