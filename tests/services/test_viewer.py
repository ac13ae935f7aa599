import pytest

from deploy_ui.enums import Role
from deploy_ui.errors import Forbidden
from deploy_ui.services.viewer import Viewer


def viewer(role: Role) -> Viewer:
    return Viewer(person_id=1, email="a@example.org", name="A", role=role)


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        (Role.VIEWER, [Role.VIEWER]),
        (Role.EDITOR, [Role.VIEWER, Role.EDITOR]),
        (Role.ADMIN, [Role.VIEWER, Role.EDITOR, Role.ADMIN]),
    ],
)
def test_later_roles_include_the_earlier(role: Role, allowed: list[Role]) -> None:
    assert [each for each in Role if viewer(role).may(each)] == allowed


def test_a_role_that_is_too_low_is_told_what_is_needed() -> None:
    with pytest.raises(Forbidden) as caught:
        viewer(Role.VIEWER).require(Role.ADMIN)
    assert (caught.value.code, caught.value.facts) == ("role_too_low", {"needs": Role.ADMIN})
