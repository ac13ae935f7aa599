import pytest

from deploy_ui.errors import Invalid
from deploy_ui.services import dotenv_files
from tests import factories

pytestmark = pytest.mark.usefixtures("database")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("A=1\nB = 2\r\nexport C=3", [("A", "1"), ("B", "2"), ("C", "3")]),
        ("# a comment\n\nA=1 # and one behind", [("A", "1")]),
        ("A=", [("A", "")]),
        ("A=x=y", [("A", "x=y")]),
        ("A='it costs $5 # not 6'", [("A", "it costs $5 # not 6")]),
        ('A="$HOME ${B:-x}"', [("A", "$HOME ${B:-x}")]),
        (
            'KEY="-----BEGIN-----\nabc\n-----END-----"\nB=1',
            [("KEY", "-----BEGIN-----\nabc\n-----END-----"), ("B", "1")],
        ),
        (r'A="a\nb\"c"', [("A", 'a\nb"c')]),
        ("A='\u041a\u043b\u044e\u0447 🔑'", [("A", "\u041a\u043b\u044e\u0447 🔑")]),
        ("A=1\nB=2\nA=3", [("B", "2"), ("A", "3")]),
        ("\ufeffA=1", [("A", "1")]),
        ("A=" + "x" * 32768, [("A", "x" * 32768)]),
    ],
)
def test_a_file_is_read_as_it_is_meant(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(each.name, each.value) for each in dotenv_files.read(factories.viewer(), text)] == expected


@pytest.mark.parametrize(("text", "line"), [("nonsense", 1), ("A=1\n\nB", 3), ("A=1\nB='open", 2), ("# x\n\n\n= 1", 4)])
def test_the_first_line_that_is_none_is_named(text: str, line: int) -> None:
    with pytest.raises(Invalid) as caught:
        dotenv_files.read(factories.viewer(), text)
    assert (caught.value.code, caught.value.facts["line"]) == ("env_line", line)


def test_values_do_not_stand_in_what_is_logged_of_an_answer() -> None:
    assert "hunter2" not in repr(dotenv_files.read(factories.viewer(), "TOKEN=hunter2"))
