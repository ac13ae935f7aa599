import os
import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.fernet import InvalidToken

from deploy_ui import vault

VALUES = {"TOKEN": "hunter2", "NAME": "\u0438\u043c\u044f", "EMPTY": ""}


def test_what_was_sealed_comes_back(data_dir: Path) -> None:
    sealed = vault.seal(VALUES)
    assert "hunter2" not in sealed
    assert vault.unseal(sealed) == VALUES
    assert (data_dir / "keys").is_dir()


@pytest.mark.usefixtures("data_dir")
def test_nothing_sealed_is_nothing_stored() -> None:
    assert vault.seal({}) == ""
    assert vault.unseal("") == {}


@pytest.mark.usefixtures("data_dir")
def test_the_same_values_never_look_the_same() -> None:
    assert vault.seal(VALUES) != vault.seal(VALUES)


def test_another_key_opens_nothing(data_dir: Path) -> None:
    sealed = vault.seal(VALUES)
    (data_dir / "keys" / "seal.key").unlink()
    with pytest.raises(InvalidToken):
        vault.unseal(sealed)
    assert vault.unseal_if_readable(sealed) is None


def test_the_key_is_its_owners_only(data_dir: Path) -> None:
    vault.seal(VALUES)
    assert stat.S_IMODE((data_dir / "keys").stat().st_mode) == 0o700
    assert stat.S_IMODE((data_dir / "keys" / "seal.key").stat().st_mode) == 0o600


def test_all_who_make_a_secret_at_once_get_the_same(tmp_path: Path) -> None:
    path, together = tmp_path / "keys" / "one", threading.Barrier(2)

    def make() -> bytes:
        together.wait(timeout=10)  # both have seen that there is none
        return os.urandom(8)

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda _: vault.secret_file(path, make), range(2))
    assert first == second == path.read_bytes()
    assert [each.name for each in path.parent.iterdir()] == ["one"]


def test_a_secret_that_could_not_be_made_leaves_nothing_behind(tmp_path: Path) -> None:
    def fail() -> bytes:
        raise OSError("no entropy")

    with pytest.raises(OSError, match="no entropy"):
        vault.secret_file(tmp_path / "one", fail)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("data_dir")
def test_a_derived_secret_is_the_same_for_the_same_names_only() -> None:
    secret = vault.derived("purpose", "a", 1)
    assert len(secret) == 32
    assert vault.derived("purpose", "a", 1) == secret
    others = [("other", "a", 1), ("purpose", "a", 11), ("purpose", "a1"), ("purposea", 1), ("purpose", "a", "1")]
    assert secret not in [vault.derived(str(purpose), *names) for purpose, *names in others]
