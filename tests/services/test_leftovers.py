from datetime import timedelta

import pytest

from deploy_ui import clock
from deploy_ui.builds import environments
from deploy_ui.builds.log import path_of
from deploy_ui.db import transaction
from deploy_ui.enums import ImageStatus, InstanceStatus
from deploy_ui.models import Image, Instance
from deploy_ui.services import deployments, images, leftovers
from deploy_ui.services.deployments import Change
from deploy_ui.services.viewer import Viewer
from deploy_ui.settings import settings
from tests import factories

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def editor() -> Viewer:
    return factories.viewer()


@pytest.fixture
def image(editor: Viewer) -> Image:
    """Make an image with files, a log and an environment."""
    made = factories.image(editor, environment="a" * 32)
    (settings().images_dir / made.id / "src").mkdir(parents=True)
    (settings().environments_dir / made.environment).mkdir(parents=True)
    path_of(made.id).parent.mkdir(parents=True)
    path_of(made.id).touch()
    return made


def clean() -> None:
    leftovers.remove(clock.now() + timedelta(hours=2))


def left(image: Image) -> list[bool]:
    places = (settings().images_dir / image.id, settings().environments_dir / image.environment, path_of(image.id))
    return [place.exists() for place in places]


def test_what_an_image_needs_stays(image: Image) -> None:
    clean()
    assert left(image) == [True, True, True]


def test_what_only_an_old_revision_would_run_on_stays(editor: Viewer, image: Image) -> None:
    card = factories.deployment(editor, image_id=image.id)
    deployments.change(editor, card.slug, Change(image=factories.image(editor).id))
    clean()
    assert left(image) == [True, True, True]


def test_what_a_deleted_image_needed_goes(editor: Viewer, image: Image) -> None:
    images.delete(editor, image.id)
    clean()
    assert left(image) == [False, False, False]


@pytest.mark.parametrize(
    ("status", "left_then"),
    [
        (InstanceStatus.READY, [True, True]),
        (InstanceStatus.STOPPING, [True, True]),
        (InstanceStatus.STOPPED, [False, False]),
    ],
)
def test_what_an_instance_runs_on_stays_until_it_ended(
    editor: Viewer, image: Image, status: InstanceStatus, left_then: list[bool]
) -> None:
    deployment = factories.deployment(editor)
    with transaction() as session:
        session.add(
            Instance(
                key="abcdef",
                deployment_id=deployment.id,
                image_id=image.id,
                revision=1,
                status=status,
                created_at=clock.now(),
            )
        )
    deployments.delete(editor, deployment.slug)
    images.delete(editor, image.id)
    clean()
    assert left(image)[:2] == left_then


def test_an_environment_that_another_image_uses_stays(editor: Viewer, image: Image) -> None:
    factories.image(editor, environment=image.environment)
    images.delete(editor, image.id)
    clean()
    assert left(image)[:2] == [False, True]


def test_files_of_a_build_that_is_being_canceled_stay_until_it_ended(editor: Viewer, image: Image) -> None:
    with transaction() as session:
        session.get_one(Image, image.id).status = ImageStatus.BUILDING
    images.delete(editor, image.id)
    clean()
    assert left(image)[0]


def test_a_folder_that_belongs_to_no_image_goes_after_a_while() -> None:
    folder = settings().images_dir / "img_nobody"
    folder.mkdir(parents=True)
    leftovers.remove(clock.now())
    assert folder.exists()
    clean()
    assert not folder.exists()


def test_what_a_killed_build_left_goes_after_a_while() -> None:
    draft = settings().environments_dir / f".{'a' * 32}.draft"
    draft.mkdir(parents=True)
    settings().images_dir.mkdir()
    leftovers.remove(clock.now() + environments.DRAFT_FOR / 2)
    assert draft.exists()
    leftovers.remove(clock.now() + environments.DRAFT_FOR * 2)
    assert not draft.exists()


def test_a_fresh_product_has_nothing_to_remove() -> None:
    leftovers.remove(clock.now())
