"""The shortest way to a first answer: an image out of an example, and a deployment of it."""

from collections.abc import Iterator

from deploy_ui import ids
from deploy_ui.enums import Role
from deploy_ui.errors import Conflict
from deploy_ui.services import deployments, examples
from deploy_ui.services.deployments import DeploymentCard, NewDeployment
from deploy_ui.services.examples import Example
from deploy_ui.services.image_cards import ImageCard
from deploy_ui.services.viewer import Viewer

TRIES = 3


def deploy_example(viewer: Viewer, example_id: str, *, name: str) -> DeploymentCard:
    """Build an image of the example and deploy it as soon as it is ready.

    Names that are taken get an ending, so that an example can be tried again.
    """
    viewer.require(Role.EDITOR)
    example = examples.card(example_id)
    image = _image(viewer, example)
    for free in _names(name, " "):
        try:
            return deployments.create(viewer, NewDeployment(name=free, image=image.id))
        except Conflict as error:
            taken = error
    raise taken


def _image(viewer: Viewer, example: Example) -> ImageCard:
    for free in _names(example.id, "-"):
        try:
            return examples.create(viewer, example.id, name=free)
        except Conflict as error:
            taken = error
    raise taken


def _names(name: str, joint: str) -> Iterator[str]:
    yield name
    for _ in range(TRIES - 1):
        yield f"{name}{joint}{ids.new_id(4)}"
