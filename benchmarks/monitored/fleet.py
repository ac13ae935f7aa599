"""Deployments with rows in the database and real instances that do nothing."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from deploy_ui import clock
from deploy_ui.enums import InstanceStatus, Phase
from deploy_ui.runtimes.base import InstanceSpec, RunState
from deploy_ui.runtimes.process import ProcessRuntime
from deploy_ui.services.deployments import DeploymentCard
from deploy_ui.settings import settings
from tests import factories
from tests.waiting import eventually

PROGRAM = "import signal; signal.pause()"
ADDRESS = "127.0.0.1:9"
START_S, END_S = 300, 120


@contextmanager
def running(folder: Path, many: int) -> Iterator[Mapping[str, str]]:
    """Run one instance of each of so many deployments; give its key by slug."""
    runtime = ProcessRuntime(settings().instances_dir, settings().instance_logs_dir)
    editor = factories.viewer()
    image = factories.image(editor).id
    files = folder / "image"
    files.mkdir()
    cards = {f"bench{number:03}": factories.deployment(editor, image_id=image) for number in range(many)}
    try:
        for key, card in cards.items():
            runtime.start(_spec(key, card, files))
            _write_down(key, card)
        eventually(lambda: len(runtime.usage()) == many, timeout_s=START_S)
        yield {card.slug: key for key, card in cards.items()}
    finally:
        for key in cards:
            runtime.stop(key)
        eventually(lambda: all(each.state is RunState.ENDED for each in runtime.list()), timeout_s=END_S)


def _spec(key: str, card: DeploymentCard, files: Path) -> InstanceSpec:
    command = (sys.executable, "-I", "-S", "-c", PROGRAM)
    return InstanceSpec(key=key, deployment=card.slug, revision=1, command=command, folder=files, memory_mb=128)


def _write_down(key: str, card: DeploymentCard) -> None:
    now = clock.now()
    factories.instance(card, key, status=InstanceStatus.READY, address=ADDRESS, started_at=now, ready_at=now)
    factories.seen(card, Phase.RUNNING, ready=1)
