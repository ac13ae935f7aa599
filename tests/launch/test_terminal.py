import pytest

from deploy_ui.i18n import catalog
from deploy_ui.launch import terminal


@pytest.mark.parametrize(
    ("variables", "language"),
    [
        ({}, "en"),
        ({"LANG": "ru_RU.UTF-8"}, "ru"),
        ({"LANG": "ru_RU.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "ru_RU"}, "ru"),
    ],
)
def test_the_terminal_speaks_the_language_of_its_locale(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], language: str
) -> None:
    for name in ("LANG", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert terminal.language() == language


def test_a_failure_is_one_line_with_its_facts() -> None:
    line = terminal.failure("data_dir_in_use", {"path": "/data", "pid": 7})
    assert ("/data" in line, "7" in line, "\n" in line) == (True, True, False)


def test_a_failure_without_a_text_still_says_its_code() -> None:
    assert not catalog.has("error.never_heard_of")
    assert "never_heard_of" in terminal.failure("never_heard_of", {})
