"""Reads the project's own files, for tests of conventions."""

import ast
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OURS = ("deploy_ui", "tests", "alembic", "assets", "benchmarks", "examples", ".ci")
CODE = {"", ".py", ".toml", ".ini", ".mako", ".js", ".css", ".html", ".json", ".yaml", ".yml", ".txt", ".lock"}
DOCUMENTS = {".md"}
NOT_WRITTEN = {"__pycache__", "versions", "node_modules"}
"""Folders that tools fill."""


def files(endings: Iterable[str]) -> list[Path]:
    """Return the files that people write, of these endings."""
    found = [path for folder in OURS for path in (ROOT / folder).rglob("*")] + list(ROOT.iterdir())
    written = (path for path in found if path.is_file() and path.name != ".git" and not NOT_WRITTEN & set(path.parts))
    return sorted(path for path in written if path.suffix in set(endings))


def python(folder: str = "") -> list[Path]:
    """Return the Python files under a folder of the project."""
    return [path for path in files({".py"}) if path.is_relative_to(ROOT / folder)]


def parsed(path: Path) -> ast.Module:
    """Return the syntax tree of a file."""
    return ast.parse(path.read_text())


def names(paths: Iterable[Path]) -> list[str]:
    """Return the paths as people know them."""
    return [str(path.relative_to(ROOT)) for path in paths]


def called(node: ast.Call) -> str:
    """Return the name of what is called, without what stands before its last dot."""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
