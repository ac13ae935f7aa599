import pytest

from deploy_ui.builds.failures import LONGEST_MESSAGE, explain

UNKNOWN = """error: No solution found when resolving dependencies
  cause: Because nosuch was not found in the package registry and you require nosuch, we can conclude that
         your requirements are unsatisfiable."""
NO_VERSION = """error: No solution found when resolving dependencies
  cause: Because there is no version of requests==99.1 and you require requests==99.1, we can conclude that your
         requirements are unsatisfiable."""
CONFLICT = """error: No solution found when resolving dependencies
  cause: Because requests>=2.30 depends on urllib3>=1.21 and you require urllib3<1, we can conclude that your
         requirements are unsatisfiable."""
NOT_BUILT = """Resolved 1 package in 4ms
error: Failed to build `sklearn==0.0.post12`
  cause: The build backend returned an error"""
UNREACHABLE = """error: Failed to fetch: `https://index.example.org/simple/a/`
  cause: error sending request for url
  cause: Connection refused (os error 111)"""
FULL = "error: Failed to install: a.whl\n  cause: failed to copy file\n  cause: No space left on device (os error 28)"


@pytest.mark.parametrize(
    ("output", "code", "name"),
    [
        pytest.param(UNKNOWN, "package_unknown", "nosuch", id="no such package"),
        pytest.param(NO_VERSION, "package_no_version", "requests==99.1", id="no such version"),
        pytest.param(CONFLICT, "requirements_conflict", None, id="versions in conflict"),
        pytest.param(NOT_BUILT, "package_not_built", "sklearn==0.0.post12", id="a build that breaks"),
        pytest.param(UNREACHABLE, "index_unreachable", None, id="no index"),
        pytest.param(FULL, "disk_full", None, id="a full disk"),
        pytest.param("error: something else", "resolve_failed", None, id="anything else"),
    ],
)
def test_what_uv_says_becomes_a_code(output: str, code: str, name: str | None) -> None:
    told = explain(output.splitlines(), otherwise="resolve_failed")
    assert (told.code, told.facts.get("name")) == (code, name)


def test_uvs_own_words_come_along_without_decoration() -> None:
    message = explain(["Resolved nothing", "error: a", "  cause: b"], otherwise="resolve_failed").facts["message"]
    assert message == "a\nb"


def test_very_many_words_are_cut() -> None:
    message = explain(["error: " + "x" * 100_000], otherwise="resolve_failed").facts["message"]
    assert len(str(message)) == LONGEST_MESSAGE + 1
