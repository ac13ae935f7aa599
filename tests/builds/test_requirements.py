import pytest

from deploy_ui.builds.base import BuildFailed
from deploy_ui.builds.requirements import Requirements, parse


@pytest.mark.parametrize(
    ("text", "packages"),
    [
        pytest.param("", (), id="nothing"),
        pytest.param("\n \t\n# a comment\n", (), id="blank lines and comments"),
        pytest.param("numpy==1.26.4  # pinned", ("numpy==1.26.4",), id="a comment behind"),
        pytest.param("uvicorn[standard]>=0.30", ("uvicorn[standard]>=0.30",), id="extras"),
        pytest.param("tomli ; python_version < '3.11'", ('tomli; python_version < "3.11"',), id="a marker"),
        pytest.param("numpy \\\n  >=1.26", ("numpy>=1.26",), id="a continued line"),
        pytest.param("a\r\nb\r\n", ("a", "b"), id="line breaks of Windows"),
        pytest.param("a \\", ("a",), id="a continuation of nothing"),
    ],
)
def test_requirements_are_read_as_pip_reads_them(text: str, packages: tuple[str, ...]) -> None:
    assert parse(text).packages == packages


def test_an_extra_index_is_taken() -> None:
    text = "--extra-index-url https://wheels.example.org/cpu\ntorch"
    assert parse(text) == Requirements(("torch",), ("https://wheels.example.org/cpu",))


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("ok\n==1.0", "requirement_invalid", 2),
        ("\n\nnumpy >>1", "requirement_invalid", 3),
        ("numpy pandas", "requirement_invalid", 1),
        ("a\nb \\\n >>1", "requirement_invalid", 2),
        ("numpy --hash=sha256:00", "requirement_invalid", 1),
        ("-r other.txt", "requirement_option", 1),
        ("-e .", "requirement_option", 1),
        ("-c constraints.txt", "requirement_option", 1),
        ("--index-url https://example.org", "requirement_option", 1),
        ("--extra-index-url", "requirement_option", 1),
        ("--find-links /etc", "requirement_option", 1),
        ("--extra-index-url http://example.org", "requirement_index", 1),
        ("--extra-index-url https://user:word@example.org", "requirement_index", 1),
        ("--extra-index-url=file:///etc", "requirement_index", 1),
        ("--extra-index-url https://[", "requirement_index", 1),
        ("file:///etc/passwd", "requirement_address", 1),
        ("./local", "requirement_address", 1),
        ("../up", "requirement_address", 1),
        ("/etc/passwd", "requirement_address", 1),
        ("wheels/a.whl", "requirement_address", 1),
        ("C:\\a.whl", "requirement_address", 1),
        ("git+https://example.org/a", "requirement_address", 1),
        ("a @ https://example.org/a.whl", "requirement_address", 1),
        ("a@file:///etc/a.whl", "requirement_address", 1),
    ],
)
def test_a_line_that_cannot_be_taken_is_named(text: str, code: str, line: int) -> None:
    with pytest.raises(BuildFailed) as failure:
        parse(text)
    assert (failure.value.code, failure.value.facts["line"]) == (code, line)


def test_credentials_in_a_refused_line_are_not_repeated() -> None:
    with pytest.raises(BuildFailed) as failure:
        parse("a @ https://user:word@example.org/a.whl")
    assert "word" not in str(failure.value.facts)
