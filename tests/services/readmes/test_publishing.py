import hashlib
from collections.abc import Callable

import pytest

from deploy_ui.db import engine
from deploy_ui.errors import Conflict, Forbidden, Gone, NotFound
from deploy_ui.services.readmes import publishing, texts
from deploy_ui.services.readmes.owners import Owner
from deploy_ui.services.readmes.pictures import NewPicture
from deploy_ui.services.viewer import Viewer
from deploy_ui.settings import settings
from tests import factories
from tests.pictures import PNG


def publish(by: Viewer, owner: Owner) -> str:
    return publishing.publish(by, owner).rpartition("/")[2]


@pytest.fixture
def saved(editor: Viewer, owner: Owner) -> Owner:
    texts.save(editor, owner, b"# Hello")
    return owner


def stored() -> str:
    with engine().connect() as connection:
        return str(connection.exec_driver_sql("SELECT * FROM readme").all())


def test_whoever_has_the_link_reads_the_newest_text(editor: Viewer, saved: Owner) -> None:
    url = publishing.publish(editor, saved)
    token = url.removeprefix(f"{settings().console}/readme/")
    assert publishing.TOKEN.fullmatch(token)
    found = publishing.published(token)
    assert (found.title.lower(), found.text) == ("iris", "# Hello")
    texts.save(editor, saved, b"# Hello again")
    assert publishing.published(token).text == "# Hello again"


def test_published_twice_it_has_the_same_link(editor: Viewer, saved: Owner) -> None:
    url = publishing.publish(editor, saved)
    assert publishing.publish(factories.viewer(), saved) == url
    link = publishing.link(editor, saved)
    assert link is not None
    assert (link.url, link.published_by) == (url, "Anna")


def test_a_revoked_link_is_dead_at_once_and_for_ever(editor: Viewer, saved: Owner) -> None:
    token = publish(editor, saved)
    publishing.revoke(editor, saved)
    publishing.revoke(editor, saved)
    assert publishing.link(editor, saved) is None
    with pytest.raises(NotFound, match="readme_not_published"):
        publishing.published(token)
    assert publish(editor, saved) != token
    with pytest.raises(NotFound, match="readme_not_published"):
        publishing.published(token)


def test_the_token_is_stored_nowhere_in_clear(editor: Viewer, saved: Owner) -> None:
    token = publish(editor, saved)
    assert token not in stored()
    assert hashlib.sha256(token.encode()).hexdigest() in stored()


def test_a_link_that_cannot_be_unsealed_still_works_and_is_replaced_by_another(editor: Viewer, saved: Owner) -> None:
    token = publish(editor, saved)
    (settings().keys_dir / "seal.key").unlink()
    assert publishing.published(token).text == "# Hello"
    link = publishing.link(editor, saved)
    assert link is not None
    assert link.url == ""
    assert publish(editor, saved) != token
    with pytest.raises(NotFound):
        publishing.published(token)


@pytest.mark.parametrize("token", ["", "x", "x" * 43, "x" * 10_000, "\0" * 43, "\u0451" * 43, "None", "../../x"])
def test_a_guess_finds_nothing(editor: Viewer, saved: Owner, token: str) -> None:
    publish(editor, saved)
    with pytest.raises(NotFound, match="readme_not_published"):
        publishing.published(token)
    with pytest.raises(NotFound, match="readme_not_published"):
        publishing.published_picture(token, "x.png")


def test_nothing_is_read_of_what_is_not_published(editor: Viewer, saved: Owner) -> None:
    assert publishing.link(editor, saved) is None
    with pytest.raises(NotFound):
        publishing.published("")


def test_a_stranger_sees_the_pictures_of_the_text_and_no_others(editor: Viewer, saved: Owner) -> None:
    names = []
    for number in (b"1", b"2"):
        with NewPicture(editor, saved, "p.png") as new:
            new.write(PNG + number)
            names.append(new.keep().name)
    shown, other = names
    texts.save(editor, saved, f"![a](files/{shown})".encode())
    token = publish(editor, saved)
    assert publishing.published_picture(token, shown).path.read_bytes() == PNG + b"1"
    for name in (other, "none-1.png", f"{shown}x"):
        with pytest.raises(NotFound, match="picture_not_found"):
            publishing.published_picture(token, name)
    publishing.revoke(editor, saved)
    with pytest.raises(NotFound, match="readme_not_published"):
        publishing.published_picture(token, shown)


def test_what_has_no_text_is_not_published(editor: Viewer, owner: Owner) -> None:
    with pytest.raises(Conflict, match="readme_none"):
        publishing.publish(editor, owner)
    publishing.revoke(editor, owner)


def test_a_viewer_neither_publishes_nor_sees_the_link(editor: Viewer, reader: Viewer, saved: Owner) -> None:
    publish(editor, saved)
    for verb in (publishing.publish, publishing.link, publishing.revoke):
        with pytest.raises(Forbidden):
            verb(reader, saved)


def test_what_was_deleted_stays_readable_until_its_link_is_revoked(
    editor: Viewer, saved: Owner, deleted: Callable[[], Owner]
) -> None:
    token = publish(editor, saved)
    deleted()
    assert publishing.published(token).text == "# Hello"
    with pytest.raises(Gone):
        publishing.publish(editor, saved)
    publishing.revoke(editor, saved)
    with pytest.raises(NotFound):
        publishing.published(token)
