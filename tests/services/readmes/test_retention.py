import os
from datetime import timedelta
from threading import Thread
from typing import Any

import pytest

from deploy_ui import clock
from deploy_ui.controller import janitor
from deploy_ui.db import transaction
from deploy_ui.errors import NotFound
from deploy_ui.models import ReadmeFile
from deploy_ui.services.readmes import pictures, retention, texts
from deploy_ui.services.readmes.owners import Owner
from deploy_ui.services.readmes.pictures import NewPicture
from deploy_ui.services.viewer import Viewer
from tests.pictures import PNG

DAY = timedelta(days=1, minutes=1)


def add(by: Viewer, owner: Owner, extra: bytes = b"") -> str:
    with NewPicture(by, owner, "p.png") as new:
        new.write(PNG + extra)
        return new.keep().name


def save(by: Viewer, owner: Owner, text: str) -> None:
    texts.save(by, owner, text.encode())


def there(by: Viewer, owner: Owner, name: str) -> bool:
    try:
        return bool(pictures.find(by, owner, name))
    except NotFound:
        return False


def files() -> list[str]:
    return [path.name for path in pictures.folder().rglob("*") if path.is_file()]


def age(hours: float) -> None:
    """Let all bytes have been written so long ago."""
    at = clock.now().timestamp() - hours * 3600
    for path in pictures.folder().rglob("*"):
        os.utime(path, (at, at))


def test_a_picture_that_no_version_shows_goes_after_a_day(editor: Viewer, owner: Owner) -> None:
    shown, forgotten = add(editor, owner), add(editor, owner, b"2")
    save(editor, owner, f"![a](files/{shown})")
    assert retention.remove_unused(clock.now() + timedelta(hours=23)) == 0
    age(2)
    assert retention.remove_unused(clock.now() + DAY) == 1
    assert (there(editor, owner, shown), there(editor, owner, forgotten)) == (True, False)
    assert len(files()) == 1


def test_a_picture_of_an_old_version_stays_as_long_as_that(
    editor: Viewer, owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(texts, "MOST_VERSIONS", 2)
    name = add(editor, owner)
    save(editor, owner, f'<img src="files/{name}">')
    save(editor, owner, "two")
    assert retention.remove_unused(clock.now() + DAY) == 0
    save(editor, owner, "three")
    assert retention.remove_unused(clock.now() + DAY) == 1
    assert not there(editor, owner, name)


def test_a_picture_that_came_again_waits_again(editor: Viewer, owner: Owner) -> None:
    name = add(editor, owner)
    with transaction() as session:
        session.get_one(ReadmeFile, (_readme_id(), name)).created_at = clock.now() - DAY
    add(editor, owner)
    assert retention.remove_unused(clock.now()) == 0
    assert there(editor, owner, name)


def _readme_id() -> int:
    [folder] = [each for each in pictures.folder().iterdir() if each.name != pictures.STAGING]
    return int(folder.name)


def test_a_picture_that_a_text_shows_just_now_stays(
    editor: Viewer, owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = add(editor, owner)
    save(editor, owner, "one")
    read = retention._unnamed

    def then_saved(*args: Any, **values: Any) -> set[str]:
        """Read all texts; before the rows go, somebody saves one that shows the picture."""
        monkeypatch.setattr(retention, "_unnamed", read)
        found = read(*args, **values)
        saving.start()
        saving.join()
        return found

    saving = Thread(target=save, args=(editor, owner, f"![a](files/{name})"))
    monkeypatch.setattr(retention, "_unnamed", then_saved)
    assert retention.remove_unused(clock.now() + DAY) == 0
    assert there(editor, owner, name)


def test_bytes_that_no_row_names_go_after_an_hour(editor: Viewer, owner: Owner) -> None:
    name = add(editor, owner)
    stray = pictures.path_of(_readme_id(), "f" * 64)
    staged = pictures.folder() / pictures.STAGING / "abc"
    for path in (stray, staged):
        path.write_bytes(PNG)
    retention.remove_unused(clock.now())
    assert len(files()) == 3
    age(1.1)
    retention.remove_unused(clock.now())
    assert len(files()) == 1
    assert there(editor, owner, name)


def test_the_janitor_does_it(database: str) -> None:
    assert database
    assert janitor.forget_unused_pictures in janitor.TASKS
    janitor.forget_unused_pictures()
