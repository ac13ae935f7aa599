from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlmodel import select

from deploy_ui.db import reading
from deploy_ui.enums import Role
from deploy_ui.errors import Conflict, Forbidden, Invalid, NotFound, SignedOut
from deploy_ui.models import Person
from deploy_ui.services import people, sessions
from tests import factories

pytestmark = pytest.mark.usefixtures("database")

ANNA = {"email": "Anna@Example.org", "name": "Anna", "password": "correct horse"}


def link() -> str:
    token = people.new_setup_link()
    assert token is not None
    return token


def test_the_first_admin_comes_in_by_a_link() -> None:
    assert people.setup_needed()
    viewer = people.set_up(link(), **ANNA)
    assert (viewer.email, viewer.name, viewer.role) == ("anna@example.org", "Anna", Role.ADMIN)
    assert not people.setup_needed()
    assert sessions.sign_in("anna@example.org", "correct horse", address="").viewer == viewer


def test_a_link_opens_once() -> None:
    token = link()
    people.set_up(token, **ANNA)
    with pytest.raises(NotFound, match="setup_link_void"):
        people.set_up(token, email="b@example.org", name="B", password="correct horse")


def test_of_two_who_use_the_same_link_at_once_exactly_one_comes_in() -> None:
    token = link()

    def set_up(number: int) -> str:
        try:
            return people.set_up(token, email=f"{number}@example.org", name="A", password="correct horse").role
        except NotFound as error:
            return error.code

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(set_up, range(4))) == ["admin"] + ["setup_link_void"] * 3


def test_a_newer_link_voids_the_older() -> None:
    older, newer = link(), link()
    with pytest.raises(NotFound, match="setup_link_void"):
        people.set_up(older, **ANNA)
    assert people.set_up(newer, **ANNA).role == Role.ADMIN


def test_there_is_no_link_once_somebody_is_there() -> None:
    token = link()
    factories.viewer(Role.VIEWER)
    assert people.new_setup_link() is None
    with pytest.raises(NotFound, match="setup_link_void"):
        people.set_up(token, **ANNA)


def test_a_wrong_value_leaves_the_link_open() -> None:
    token = link()
    with pytest.raises(Invalid, match="email_wrong"):
        people.set_up(token, **{**ANNA, "email": "nobody"})
    assert people.set_up(token, **ANNA).role == Role.ADMIN


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"email": "nobody"}, "email_wrong", "email"),
        ({"email": "a@b@c"}, "email_wrong", "email"),
        ({"email": "a\0@example.org"}, "email_wrong", "email"),
        ({"email": "x" * 65 + "@example.org"}, "email_wrong", "email"),
        ({"email": "<a>@example.org"}, "email_wrong", "email"),
        ({"name": ""}, "name_missing", "name"),
        ({"name": "x" * 101}, "name_too_long", "name"),
        ({"password": "short"}, "password_length", "password"),
        ({"password": "x" * 1001}, "password_length", "password"),
    ],
)
def test_a_wrong_value_is_named(values: dict[str, Any], code: str, field: str) -> None:
    with pytest.raises(Invalid) as caught:
        people.create(factories.viewer(Role.ADMIN), role=Role.VIEWER, **{**ANNA, **values})
    assert (caught.value.code, caught.value.field) == (code, field)


def test_the_admin_of_the_settings_is_made_once() -> None:
    people.ensure_admin("root@example.org", "first password")
    people.ensure_admin("Root@example.org", "other password")
    viewer = sessions.sign_in("root@example.org", "first password", address="").viewer
    assert viewer.role == Role.ADMIN
    assert len(people.rows(viewer)) == 1


def test_parts_that_start_at_once_make_one_admin() -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: people.ensure_admin("root@example.org", "first password"), range(4)))
    with reading() as session:
        assert len(session.exec(select(Person)).all()) == 1


def test_an_address_is_taken_once() -> None:
    admin = factories.viewer(Role.ADMIN)
    people.create(admin, role=Role.VIEWER, **ANNA)
    with pytest.raises(Conflict, match="email_taken"):
        people.create(admin, role=Role.EDITOR, **ANNA)


def test_a_password_is_stored_as_argon2id_only() -> None:
    people.create(factories.viewer(Role.ADMIN), role=Role.VIEWER, **ANNA)
    with reading() as session:
        person = session.exec(select(Person).where(Person.email == "anna@example.org")).one()
    assert person.password_hash.startswith("$argon2id$")
    assert "correct horse" not in repr(person)


def test_a_new_password_ends_the_sessions_of_the_old() -> None:
    admin = factories.viewer(Role.ADMIN)
    row = people.create(admin, role=Role.EDITOR, **ANNA)
    session = sessions.sign_in("anna@example.org", "correct horse", address="")
    people.change(admin, row.id, password="battery staple")
    assert sessions.viewer(session.token) is None
    with pytest.raises(SignedOut):
        sessions.sign_in("anna@example.org", "correct horse", address="")
    assert sessions.sign_in("anna@example.org", "battery staple", address="").viewer.name == "Anna"


def test_a_disabled_person_is_out_and_may_come_back() -> None:
    admin = factories.viewer(Role.ADMIN)
    row = people.create(admin, role=Role.EDITOR, **ANNA)
    session = sessions.sign_in("anna@example.org", "correct horse", address="")
    assert people.change(admin, row.id, disabled=True).disabled
    assert sessions.viewer(session.token) is None
    with pytest.raises(SignedOut, match="wrong_password"):
        sessions.sign_in("anna@example.org", "correct horse", address="")
    assert not people.change(admin, row.id, disabled=False).disabled
    assert sessions.sign_in("anna@example.org", "correct horse", address="").viewer.role == Role.EDITOR


def test_a_new_role_holds_at_once() -> None:
    admin = factories.viewer(Role.ADMIN)
    row = people.create(admin, role=Role.EDITOR, **ANNA)
    session = sessions.sign_in("anna@example.org", "correct horse", address="")
    people.change(admin, row.id, role=Role.VIEWER)
    viewer = sessions.viewer(session.token)
    assert viewer is not None
    assert viewer.role == Role.VIEWER


@pytest.mark.parametrize("change", [{"role": Role.EDITOR}, {"disabled": True}])
def test_one_admin_always_stays(change: dict[str, Any]) -> None:
    admin, other = factories.viewer(Role.ADMIN), factories.viewer(Role.ADMIN)
    people.change(admin, other.person_id, **change)
    with pytest.raises(Conflict, match="last_admin"):
        people.change(admin, admin.person_id, **change)
    assert [row.role for row in people.rows(admin) if not row.disabled].count(Role.ADMIN) == 1


def test_two_admins_who_demote_each_other_do_not_leave_none() -> None:
    admins = [factories.viewer(Role.ADMIN), factories.viewer(Role.ADMIN)]

    def demote(number: int) -> str:
        try:
            return people.change(admins[number], admins[1 - number].person_id, role=Role.VIEWER).role
        except Conflict as error:
            return error.code

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(demote, range(2))) == ["last_admin", "viewer"]
    assert [row.role for row in people.rows(admins[0])].count(Role.ADMIN) == 1


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR])
def test_only_admins_see_and_change_people(role: Role) -> None:
    viewer = factories.viewer(role)
    with pytest.raises(Forbidden):
        people.rows(viewer)
    with pytest.raises(Forbidden):
        people.create(viewer, role=Role.VIEWER, **ANNA)
    with pytest.raises(Forbidden):
        people.change(viewer, viewer.person_id, role=Role.ADMIN)


def test_nobody_is_not_found() -> None:
    with pytest.raises(NotFound, match="person_not_found"):
        people.change(factories.viewer(Role.ADMIN), 999, disabled=True)
