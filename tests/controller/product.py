"""Short ways to use the parts that serve, with the controller's loop in a thread of the test."""

import shlex
import sys
import threading
from pathlib import Path
from typing import Any

import httpx

from deploy_ui.controller import loop
from deploy_ui.enums import ImageKind
from deploy_ui.models import Image
from deploy_ui.runtimes import choose
from deploy_ui.runtimes.base import Instance, RunState
from deploy_ui.services import deployments, instances, keys
from deploy_ui.services.deployments import DeploymentCard
from deploy_ui.services.instances import InstanceRow
from deploy_ui.settings import settings
from tests import factories

SERVER = Path(__file__).with_name("instance.py")


class Product:
    """The parts that serve, and short ways to use them."""

    def __init__(self, http: httpx.Client) -> None:
        self.viewer = factories.viewer()
        self.http = http
        self._stop = threading.Event()
        self._thread = threading.Thread()

    def start(self) -> None:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=loop.run, args=(self._stop,), name="controller")
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def deploy(self, **values: Any) -> str:
        """Create a deployment of the small server beside this file; return its slug."""
        image = self.image(command=f"{shlex.quote(sys.executable)} -S {shlex.quote(str(SERVER))}")
        return factories.deployment(self.viewer, image_id=image.id, memory_mb=256, **values).slug

    def image(self, *, command: str) -> Image:
        """Make an image that runs a command."""
        image = factories.image(self.viewer, kind=ImageKind.COMMAND, command=command, ready_path="/")
        (settings().images_dir / image.id / "src").mkdir(parents=True)
        return image

    def key(self, slug: str) -> str:
        return keys.create(self.viewer, slug, name="test").secret

    def card(self, slug: str) -> DeploymentCard:
        return deployments.card(self.viewer, slug)

    def call(self, slug: str, key: str, path: str = "/") -> httpx.Response:
        return self.http.get(f"/{slug}{path}", headers={"X-API-Key": key})

    def row(self, slug: str, key: str) -> InstanceRow:
        return next(each for each in instances.rows(self.viewer, slug) if each.key == key)

    def running(self) -> list[Instance]:
        return [each for each in choose.runtime().list() if each.state is RunState.RUNNING]
