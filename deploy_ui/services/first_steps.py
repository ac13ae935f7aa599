"""The shortest way to a first answer: an image out of an example, and a deployment of it."""

from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from deploy_ui import ids
from deploy_ui.enums import Role
from deploy_ui.errors import Conflict
from deploy_ui.services import deployments, examples
from deploy_ui.services.deployments import DeploymentCard, NewDeployment
from deploy_ui.services.viewer import Viewer

TRIES = 3

T = TypeVar("T")


def deploy_example(viewer: Viewer, example_id: str, *, name: str) -> DeploymentCard:
    """Build an image of the example and deploy it as soon as it is ready.

    Names that are taken get an ending, so that an example can be tried again.
    """
    viewer.require(Role.EDITOR)
    example = examples.card(example_id)
    image = _named(example.id, "-", lambda free: examples.create(viewer, example.id, name=free))
    return _named(name, " ", lambda free: deployments.create(viewer, NewDeployment(name=free, image=image.id)))


def _named(name: str, joint: str, make: Callable[[str], T]) -> T:
    """Make something of this name; where it is taken, of the name with an ending."""
    names = [name, *(f"{name}{joint}{ids.new_id(4)}" for _ in range(TRIES - 1))]
    for each in names[:-1]:
        with suppress(Conflict):
            return make(each)
    return make(names[-1])
