"""READMEs of both kinds of owners: every test that asks for `owner` runs for a deployment and for an image."""

from collections.abc import Callable

import pytest

from deploy_ui.enums import Role
from deploy_ui.services import deployments, images
from deploy_ui.services.readmes import owners
from deploy_ui.services.readmes.owners import Owner
from deploy_ui.services.viewer import Viewer
from tests import factories

Delete = Callable[[Owner], None]


@pytest.fixture
def editor(database: str) -> Viewer:  # noqa: ARG001 -- needs its tables
    return factories.viewer(name="Anna")


@pytest.fixture
def reader(database: str) -> Viewer:  # noqa: ARG001 -- as above
    return factories.viewer(Role.VIEWER)


@pytest.fixture(params=["deployment", "image"])
def owner(request: pytest.FixtureRequest, editor: Viewer) -> Owner:
    if request.param == "deployment":
        return owners.of_deployment(factories.deployment(editor, name="Iris").slug)
    return owners.of_image(factories.image(editor, name="iris").id)


@pytest.fixture
def deleted(owner: Owner, editor: Viewer) -> Callable[[], Owner]:
    """Return a function that deletes the owner."""

    def delete() -> Owner:
        if owner.slug:
            deployments.delete(editor, owner.slug)
        else:
            images.delete(editor, owner.image)
        return owner

    return delete
