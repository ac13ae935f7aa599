"""The conventions that matter, each as a test over the tree. Those of texts are in `test_texts.py`; that models and
migrations agree is tested in `services/test_tables.py`, on both databases.
"""

import ast
import importlib
import inspect
import re
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

import pytest
from sqlmodel import SQLModel

from deploy_ui.models.columns import Moment, Word
from deploy_ui.queue import Job
from deploy_ui.services.viewer import Viewer
from deploy_ui.settings import Settings
from tests import tree

MOST_LINES = 300
MOST_FUNCTION_LINES = 40
CYRILLIC = re.compile("[\u0400-\u04ff]")
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "manager", "managers", "base_service", "common", "misc"}


@pytest.mark.parametrize("job", Job)
def test_every_job_is_a_function(job: Job) -> None:
    module, _, name = job.value.rpartition(".")
    assert inspect.isfunction(getattr(importlib.import_module(module), name))


def test_no_file_is_too_long() -> None:
    lengths = {str(path.relative_to(tree.ROOT)): len(path.read_text().splitlines()) for path in tree.python()}
    assert {name: length for name, length in lengths.items() if length > MOST_LINES} == {}


def test_no_function_is_too_long() -> None:
    lengths = {
        f"{path.relative_to(tree.ROOT)}:{node.name}": (node.end_lineno or 0) - node.lineno + 1
        for path in tree.python()
        for node in ast.walk(tree.parsed(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert {name: length for name, length in lengths.items() if length > MOST_FUNCTION_LINES} == {}


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert tree.names([path for path in tree.python() if path.stem in VAGUE_NAMES]) == []


def test_russian_is_written_in_texts_and_documents_only() -> None:
    files = [path for path in tree.files(tree.CODE) if "i18n" not in path.parts]
    assert tree.names([path for path in files if CYRILLIC.search(path.read_text())]) == []


def test_nothing_points_to_the_machine_that_it_was_written_on() -> None:
    here = re.compile(r"(?<![\w.])/(?:work|root|tmp/(?:brief|w|d))/|\.\./shared")
    files = [path for path in tree.files(tree.CODE | tree.DOCUMENTS) if path != Path(__file__).resolve()]
    assert tree.names([path for path in files if here.search(path.read_text())]) == []


def test_locks_hold_no_address_of_a_registry() -> None:
    python = (tree.ROOT / "requirements.lock").read_text()
    assert "://" not in python
    pages = (tree.ROOT / "reflex.lock" / "package-lock.json").read_text()
    assert '"resolved"' not in pages


def test_tests_wait_for_conditions_and_never_sleep() -> None:
    waits = [path for path in tree.python("tests") if path.name != "waiting.py"]
    assert _calls(waits, {"sleep", "wait_for_timeout"}) == set()


def test_waiting_never_loses_a_cancellation() -> None:
    # asyncio.wait_for of Python 3.11 can swallow one that comes with the result; asyncio.timeout does not.
    assert _calls(tree.python("deploy_ui"), {"wait_for"}) == set()


def _calls(paths: Iterable[Path], names: Collection[str]) -> set[str]:
    return {
        f"{path.relative_to(tree.ROOT)}:{node.lineno}"
        for path in paths
        for node in ast.walk(tree.parsed(path))
        if isinstance(node, ast.Call) and tree.called(node) in names
    }


BEFORE_SIGN_IN = {
    *("health.checks", "people.setup_needed", "people.set_up"),
    *("sessions.sign_in", "sessions.sign_out", "sessions.viewer"),
    *("publishing.published", "publishing.published_picture"),
    "exposition.scraped",
}
"""What may be asked of services when nobody is signed in."""
PURE = {
    *("examples.card", "examples.files", "examples.rows", "sessions.topic"),
    *("owners.of_deployment", "owners.of_image"),
    *("configuration.wrong_with", "curl.command_with", "schema_fields.fields"),
    *("answers.charset", "answers.content_type", "answers.encoding", "answers.is_json"),
}
"""Touches nothing that belongs to anybody."""


def test_whatever_the_interface_asks_of_a_service_says_who_asks() -> None:
    found = {
        (f"{path.relative_to(tree.ROOT)}", f"{module.stem}.{node.attr}", kind)
        for folder in ("api", "states", "pages", "web")
        for path in tree.python(f"deploy_ui/{folder}")
        for node, module in _asked(path)
        if (kind := public_functions(module).get(node.attr)) is not None
    }
    assert len(found) > 50
    wrong = {each for each in found if each[1] not in BEFORE_SIGN_IN | PURE and each[2] != Viewer.__name__}
    assert wrong == set()


def _asked(path: Path) -> Iterator[tuple[ast.Attribute, Path]]:
    """Yield what a module takes from services, each with the file of the service."""
    modules = {
        alias.asname or alias.name: file
        for node in ast.walk(tree.parsed(path))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("deploy_ui.services")
        for alias in node.names
        if (file := tree.ROOT / (node.module or "").replace(".", "/") / f"{alias.name}.py").exists()
    }
    for node in ast.walk(tree.parsed(path)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in modules:
            yield node, modules[node.value.id]


def test_scripts_are_named_without_reading_the_stack() -> None:
    found = [path for path in tree.python("deploy_ui") if "rx.asset(" in path.read_text()]
    assert tree.names(found) == ["deploy_ui/components/scripts.py"]


def public_functions(path: Path) -> dict[str, str]:
    """Return the public functions of a module with the type of their first argument."""
    functions = [node for node in tree.parsed(path).body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return {node.name: first_annotation(node) for node in functions if not node.name.startswith("_")}


def first_annotation(node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    return ast.unparse(node.args.args[0].annotation) if node.args.args and node.args.args[0].annotation else ""


def test_the_readme_names_every_setting() -> None:
    readme = (tree.ROOT / "README.md").read_text()
    names = [f"DEPLOY_UI_{name.upper()}" for name in Settings.model_fields]
    assert [name for name in names if not re.search(rf"\b{name}\b", readme)] == []


def test_no_setting_is_read_past_the_settings() -> None:
    reads = re.compile(r"""(?:environ(?:\.get)?|getenv)[\[(]["']DEPLOY_UI_""")
    assert tree.names([path for path in tree.python("deploy_ui") if reads.search(path.read_text())]) == []


def test_every_table_is_made_of_columns_that_both_databases_read_back_alike() -> None:
    plain = [
        f"{table.name}.{column.name}"
        for table in SQLModel.metadata.sorted_tables
        for column in table.columns
        if not isinstance(column.type, Moment | Word) and type(column.type).__name__ in {"DateTime", "Enum"}
    ]
    assert plain == []
