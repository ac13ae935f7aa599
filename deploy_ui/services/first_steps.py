"""The shortest way to a first answer: an image out of an example, and a deployment of it."""

from collections.abc import Iterator

from deploy_ui import ids
from deploy_ui.enums import Role
from deploy_ui.errors import Conflict
from deploy_ui.services import deployments, examples, images
from deploy_ui.services.deployments import DeploymentCard, NewDeployment
from deploy_ui.services.examples import Example
from deploy_ui.services.image_cards import ImageCard
from deploy_ui.services.images import NewImage
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
            return _upload(viewer, example, free)
        except Conflict as error:
            taken = error
    raise taken


def _upload(viewer: Viewer, example: Example, name: str) -> ImageCard:
    new = NewImage(
        name=name, kind=example.kind, entry=example.entry, command=example.command, ready_path=example.ready_path
    )
    with images.begin(viewer, new) as upload:
        for each in examples.files(example.id):
            with each.source.open("rb") as file:
                upload.file(each.path, file)
        return upload.finish()


def _names(name: str, joint: str) -> Iterator[str]:
    yield name
    for _ in range(TRIES - 1):
        yield f"{name}{joint}{ids.new_id(4)}"
