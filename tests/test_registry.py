import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deploy_ui import registry
from deploy_ui.build_pages import ROOT

Configure = Callable[..., dict[str, str]]


@pytest.fixture
def uv_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Configure]:
    """Give pip these options in its file and variables, and return what uv is handed."""
    for name in ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "PIP_CERT", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
    for name in registry.OWN_INDEXES | {"UV_FIND_LINKS"}:
        monkeypatch.delenv(name, raising=False)

    def configure(file: str = "", **variables: str) -> dict[str, str]:
        path = tmp_path / "pip.conf"
        path.write_text(f"[global]\n{file}\n")
        # Isolated from the files of this machine: only the one that is named counts.
        monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null" if not file else str(path))
        monkeypatch.setenv("XDG_CONFIG_DIRS", str(tmp_path))
        monkeypatch.setenv("HOME", str(tmp_path))
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        registry._pip_options.cache_clear()
        return registry.uv_environment()

    yield configure
    registry._pip_options.cache_clear()  # the builds of later tests ask the indexes of this machine, not these


def test_nothing_configured_changes_nothing(uv_environment: Configure) -> None:
    assert uv_environment() == {}


def test_a_mirror_in_a_variable_is_a_mirror_for_uv(uv_environment: Configure) -> None:
    assert uv_environment(PIP_INDEX_URL="https://mirror.test/simple") == {
        "UV_DEFAULT_INDEX": "https://mirror.test/simple"
    }


@pytest.mark.parametrize("own", ["UV_DEFAULT_INDEX", "UV_INDEX_URL"])
def test_what_is_set_for_uv_goes_first(uv_environment: Configure, own: str) -> None:
    given = {"PIP_INDEX_URL": "https://mirror.test/simple", "PIP_EXTRA_INDEX_URL": "https://more.test/simple"}
    assert uv_environment(**given, **{own: "https://other.test/simple"}) == {}


def test_more_indexes_and_folders_are_handed_on_and_the_best_version_counts(uv_environment: Configure) -> None:
    handed = uv_environment(PIP_EXTRA_INDEX_URL="https://a.test https://b.test", PIP_FIND_LINKS="/a /b")
    assert handed == {
        "UV_INDEX": "https://a.test https://b.test",
        "UV_FIND_LINKS": "/a,/b",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
    }


def test_it_needs_nothing_but_python() -> None:
    code = "import sys; sys.path.insert(0, 'deploy_ui'); import registry; print(registry.NAMES)"
    subprocess.run([sys.executable, "-S", "-c", code], cwd=ROOT, check=True, capture_output=True)
