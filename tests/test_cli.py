from pathlib import Path

import pytest
from typer.testing import CliRunner

from deploy_ui import cli
from deploy_ui.enums import Role
from deploy_ui.errors import AppError, Conflict, Invalid, NotFound
from deploy_ui.services import people, sessions
from tests import factories

pytestmark = pytest.mark.usefixtures("database")
PASSWORD = "a long password"


def run(*arguments: str, typed: str = "") -> str:
    """Run a command as a shell would, and return what it printed; its failure is raised."""
    result = CliRunner().invoke(cli.app, arguments, input=typed)
    if result.exception:
        raise result.exception
    return result.output


def test_a_person_who_was_added_may_sign_in() -> None:
    run("person", "add", "Ada@example.org", "--role", "editor", typed=f"{PASSWORD}\n")
    assert sessions.sign_in("ada@example.org", PASSWORD, address="").viewer.role == Role.EDITOR


def test_people_are_listed_without_secrets() -> None:
    run("person", "add", "ada@example.org", "--name", "Ada", typed=f"{PASSWORD}\n")
    assert run("person", "list").split("\t")[1:] == ["ada@example.org", "viewer", "active", "Ada\n"]


def test_a_role_is_changed_from_the_shell() -> None:
    run("person", "add", "ada@example.org", typed=f"{PASSWORD}\n")
    run("person", "role", "ADA@example.org", "admin")
    assert sessions.sign_in("ada@example.org", PASSWORD, address="").viewer.role == Role.ADMIN


def test_a_new_password_ends_the_sessions_of_the_old_one() -> None:
    run("person", "add", "ada@example.org", typed=f"{PASSWORD}\n")
    token = sessions.sign_in("ada@example.org", PASSWORD, address="").token
    run("person", "password", "ada@example.org", typed="another long password\n")
    assert sessions.viewer(token) is None
    assert sessions.sign_in("ada@example.org", "another long password", address="").viewer.email == "ada@example.org"


@pytest.mark.parametrize("verb", [("role", "admin"), ("password",)])
def test_nobody_is_changed_who_is_not_there(verb: tuple[str, ...]) -> None:
    with pytest.raises(NotFound, match="person_not_found"):
        run("person", verb[0], "nobody@example.org", *verb[1:], typed=f"{PASSWORD}\n")


def test_an_address_is_taken_once() -> None:
    run("person", "add", "ada@example.org", typed=f"{PASSWORD}\n")
    with pytest.raises(Conflict, match="email_taken"):
        run("person", "add", "ada@example.org", typed=f"{PASSWORD}\n")


def test_a_set_up_link_makes_the_first_admin() -> None:
    token = run("setup-link").strip().partition("/set-up#")[2]
    made = people.set_up(token, email="ada@example.org", name="Ada", password=PASSWORD)
    assert made.role == Role.ADMIN


def test_there_is_no_set_up_link_once_somebody_is_there() -> None:
    factories.viewer()
    with pytest.raises(AppError, match="nothing_to_set_up"):
        run("setup-link")


def test_files_for_prometheus_and_grafana_are_written_and_named(tmp_path: Path) -> None:
    named = run("monitoring-files", str(tmp_path / "made"), "--language", "ru").splitlines()
    assert sorted(named) == sorted(str(path) for path in (tmp_path / "made").rglob("*") if path.is_file())


def test_a_folder_that_cannot_be_written_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Invalid) as caught:
        run("monitoring-files", str(tmp_path / "file" / "made"))
    assert caught.value.code == "folder_unwritable"
