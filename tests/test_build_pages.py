import json
import re
from pathlib import Path

import pytest

from deploy_ui import build_pages


def test_the_stamp_stays_while_nothing_changes() -> None:
    assert build_pages.current_stamp() == build_pages.current_stamp()


def test_the_stamp_changes_with_a_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "assets").mkdir()
    (tmp_path / "deploy_ui" / "i18n").mkdir(parents=True)
    text = tmp_path / "deploy_ui" / "i18n" / "en.toml"
    text.write_text('[nav]\nimages = "Images"\n')
    (tmp_path / "rxconfig.py").touch()
    (tmp_path / "deploy_ui" / "deploy_ui.py").touch()
    (tmp_path / "deploy_ui" / "enums.py").touch()
    monkeypatch.setattr(build_pages, "ROOT", tmp_path)
    before = build_pages.current_stamp()
    text.write_text('[nav]\nimages = "Pictures"\n')
    assert build_pages.current_stamp() != before


@pytest.mark.usefixtures("built_pages")
def test_pages_that_are_up_to_date_are_not_built_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build_pages, "_export", lambda: pytest.fail("built again"))
    assert build_pages.build() is False


def test_the_lock_names_versions_but_no_registry() -> None:
    lock = json.loads((build_pages.ROOT / "reflex.lock" / "package-lock.json").read_text())
    packages = {name: each for name, each in lock["packages"].items() if name}
    assert packages
    assert not [name for name, each in packages.items() if "resolved" in each]
    assert all("integrity" in each for each in packages.values())


@pytest.mark.usefixtures("built_pages")
def test_built_pages_name_every_inline_script() -> None:
    built = build_pages.built()
    assert built is not None
    assert built.script_hashes == build_pages._script_hashes(build_pages.client_dir())


@pytest.mark.usefixtures("built_pages")
def test_built_pages_do_not_name_the_machine_that_built_them() -> None:
    chunks = list(build_pages.client_dir().rglob("reflex-env-*.js"))
    assert chunks
    assert not any(re.search(r"localhost:\d", chunk.read_text()) for chunk in chunks)
