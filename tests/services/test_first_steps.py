import pytest

from deploy_ui.enums import ImageKind, Role
from deploy_ui.errors import Forbidden
from deploy_ui.services import deployments, examples, first_steps, images
from tests import factories

pytestmark = pytest.mark.usefixtures("database")


@pytest.mark.parametrize("example", [each.id for each in examples.rows()])
def test_every_example_becomes_an_image_and_a_deployment_of_it(example: str) -> None:
    viewer = factories.viewer()
    card = first_steps.deploy_example(viewer, example, name="My first")
    image = images.card(viewer, card.image_id)
    assert (card.name, image.name, image.kind) == ("My first", example, examples.card(example).kind)
    assert {file.path for file in image.files} == {file.path for file in examples.files(example)}


def test_an_example_can_be_tried_again_though_its_names_are_taken() -> None:
    viewer = factories.viewer()
    first_steps.deploy_example(viewer, "iris-classifier", name="Iris")
    again = first_steps.deploy_example(viewer, "iris-classifier", name="Iris")
    assert again.name.startswith("Iris ")
    assert len(deployments.rows(viewer).items) == 2
    assert again.image_kind == ImageKind.MODEL


def test_a_viewer_deploys_no_example() -> None:
    viewer = factories.viewer(Role.VIEWER)
    with pytest.raises(Forbidden):
        first_steps.deploy_example(viewer, "iris-classifier", name="Iris")
    assert images.rows(viewer).items == []
