import errno
import os
from pathlib import Path

import pytest

from deploy_ui.services.calls import bodies


@pytest.fixture
def file(data_dir: Path) -> str:
    assert data_dir
    body = bodies.Body("c_old.request")
    body.add(b"x" * 100_000)
    return body.store().file


def _refuse(*_: object) -> None:
    raise OSError(errno.EPERM, "no links here")


@pytest.mark.parametrize("links", [True, False])
def test_a_body_stays_until_both_its_places_are_removed(
    file: str,
    links: bool,  # noqa: FBT001
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if not links:
        monkeypatch.setattr(os, "link", _refuse)
    second = bodies.link(file, "c_new.request")
    assert bodies.path_of(second).samefile(bodies.path_of(file)) is links
    bodies.remove(file)
    assert b"".join(bodies.pieces(second)) == b"x" * 100_000
    bodies.remove(second)
    assert not bodies.path_of(second).exists()


def test_a_body_that_is_gone_gets_no_second_place(file: str) -> None:
    bodies.remove(file)
    with pytest.raises(FileNotFoundError):
        bodies.link(file, "c_new.request")


def test_a_body_that_the_disk_does_not_take_leaves_nothing(data_dir: Path) -> None:
    assert data_dir
    body = bodies.Body("c_full.answer-1")
    body.add(b"x" * (bodies.MOST_IN_ROW + 1))
    assert body._file is not None
    body._file.flush()
    with Path("/dev/full").open("wb") as full:
        os.dup2(full.fileno(), body._file.fileno())
    body.add(b"x")
    with pytest.raises(OSError, match="No space left"):
        body.store()
    body.discard()
    assert not bodies.path_of("ll/c_full.answer-1").exists()
