"""Looks at the serving script without running it: whether it parses, and whether it can hold what its kind needs."""

import ast
import warnings
from pathlib import Path

from deploy_ui.builds.base import BuildFailed
from deploy_ui.enums import ImageKind
from deploy_ui.serving.script import KSERVE

WANTED = {ImageKind.MODEL: ("Model", "script_no_model"), ImageKind.ASGI: ("app", "script_no_app")}
"""The name that a script of each kind must hold, and the failure if it does not."""
LARGEST_SCRIPT = 4 * 1024 * 1024


def check(kind: ImageKind, folder: Path, entry: str) -> None:
    """Raise BuildFailed if the script cannot work. The import check has the last word on what passes here."""
    if kind not in WANTED:
        return
    path = folder / entry
    if not path.is_file():
        raise BuildFailed("script_missing", file=entry)
    if path.stat().st_size > LARGEST_SCRIPT:
        raise BuildFailed("script_too_long", file=entry, limit_mb=LARGEST_SCRIPT // 1024**2)
    check_source(kind, path.read_bytes(), entry)


def check_source(kind: ImageKind, source: bytes, entry: str) -> None:
    """Raise BuildFailed if a script with this text cannot work."""
    if kind not in WANTED:
        return
    tree = _parse(source, entry)
    name, code = WANTED[kind]
    if not any(_mentions(node, name) or _imports_kserve(node) for node in ast.walk(tree)):
        raise BuildFailed(code, file=entry)
    if kind == ImageKind.MODEL and any(_cannot_predict(node) for node in tree.body):
        raise BuildFailed("script_no_predict", file=entry)


def _parse(source: bytes, entry: str) -> ast.Module:
    if b"\0" in source:  # a picture, a model, or text that an editor saved as UTF-16
        raise BuildFailed("script_not_text", file=entry)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source, filename=entry)
    except SyntaxError as error:
        raise BuildFailed("script_syntax", file=entry, line=error.lineno or 1, message=error.msg) from error
    except ValueError as error:
        raise BuildFailed("script_syntax", file=entry, line=1, message=str(error)) from error
    except (RecursionError, MemoryError) as error:
        raise BuildFailed("script_syntax", file=entry, line=1, message="too deeply nested") from error


def _mentions(node: ast.AST, name: str) -> bool:
    """Say whether the node could bind the name: in doubt yes, so that nothing that works is refused."""
    match node:
        case ast.ClassDef() | ast.FunctionDef() | ast.AsyncFunctionDef():
            return node.name == name
        case ast.alias():
            return name in {node.asname, node.name} or node.name == "*"
        case ast.Name() | ast.Constant():
            return name in {getattr(node, "id", None), getattr(node, "value", None)}
    return False


def _imports_kserve(node: ast.AST) -> bool:
    """Say whether the node imports KServe or KFServing, whose models may have any name."""
    match node:
        case ast.Import(names=names):
            return any(each.name.partition(".")[0] in KSERVE for each in names)
        case ast.ImportFrom(module=str(module)):
            return module.partition(".")[0] in KSERVE
    return False


def _cannot_predict(node: ast.stmt) -> bool:
    """Say whether this is a plain class `Model` that nothing gives a `predict`."""
    if not isinstance(node, ast.ClassDef) or node.name != "Model":
        return False
    if node.bases or node.keywords or node.decorator_list:
        return False
    return not any(_mentions(each, "predict") for each in ast.walk(node))
