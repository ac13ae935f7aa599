"""Imports the author's script and finds what it serves; every fault is told with its line."""

import importlib.util
import inspect
import sys
import traceback
from collections.abc import Callable, Iterable
from pathlib import Path
from types import ModuleType
from typing import Any

from .log import say, traceback_of
from .refusals import reason

KSERVE = frozenset({"kserve", "kfserving"})
"""Packages whose model classes old scripts extend."""


class ScriptError(Exception):
    """The author has to change the script; `code` and `line` say where."""

    def __init__(self, code: str, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.line = line


def load_script(entry: str) -> ModuleType:
    """Import the file as a module of its own name, its folder and the working directory importable."""
    path = Path(entry).resolve()
    if not path.is_file():
        raise ScriptError("script_import_failed", f"There is no file {entry}.")
    for folder in (str(path.parent), str(Path.cwd())):
        if folder not in sys.path:
            sys.path.insert(0, folder)
    spec = importlib.util.spec_from_file_location(_module_name(path), path)
    if spec is None or spec.loader is None:
        raise ScriptError("script_import_failed", f"{entry} is not a Python file; its name must end in .py.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    sys.argv[:] = [entry]  # our own arguments are none of the script's
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        say(traceback_of(error))
        raise ScriptError("script_import_failed", words(error), line_of(error, path)) from error
    return module


def find_model(module: ModuleType) -> type:
    """Return `class Model`, or the script's only class that extends KServe's or KFServing's model class."""
    found = getattr(module, "Model", None)
    if not (isinstance(found, type) and not _foreign(found)):
        extended = [each for each in _classes(module) if any(_foreign(base) for base in each.__mro__)]
        if len(extended) != 1:
            raise ScriptError("script_no_model", "The script has no class named Model.")
        found = extended[0]
    predict = getattr(found, "predict", None)
    if not callable(predict) or own(found, "predict") is None:
        raise ScriptError("script_no_predict", f"class {found.__name__} has no method predict.", _line(found))
    _check_predict(found)
    return found


def find_app(module: ModuleType) -> Any:
    """Return the ASGI application `app`."""
    app = getattr(module, "app", None)
    if app is None:
        raise ScriptError("script_no_app", "The script has no ASGI application named app.")
    if hasattr(app, "wsgi_app"):
        raise ScriptError(
            "script_no_app", "app is a WSGI application, and this kind needs ASGI: wrap it, for example with a2wsgi."
        )
    if not callable(app) or isinstance(app, type):
        raise ScriptError(
            "script_no_app", f"app is a {type(app).__name__}, not an ASGI application that can be called."
        )
    return app


def own(model: type, name: str) -> Callable[..., Any] | None:
    """Return the author's method of that name, or None where there is none or KServe's base class brings it."""
    for each in model.__mro__:
        if name in vars(each):
            method: Callable[..., Any] | None = None if _foreign(each) else vars(each)[name]
            return method
    return None


def parameters(model: type, name: str) -> list[inspect.Parameter]:
    """Return what a method takes behind `self`."""
    taken = list(inspect.signature(getattr(model, name)).parameters.values())
    bound = isinstance(inspect.getattr_static(model, name), (staticmethod, classmethod))
    return taken if bound else taken[1:]


def needed(taken: Iterable[inspect.Parameter]) -> list[inspect.Parameter]:
    """Return the parameters that a call has to fill."""
    return [
        each
        for each in taken
        if each.default is each.empty and each.kind not in {each.VAR_POSITIONAL, each.VAR_KEYWORD}
    ]


def line_of(error: BaseException, path: Path) -> int | None:
    """Return the script's line where the error came up, if it came up there."""
    if isinstance(error, SyntaxError) and error.filename == str(path):
        return error.lineno
    lines = [line for frame, line in traceback.walk_tb(error.__traceback__) if frame.f_code.co_filename == str(path)]
    return lines[-1] if lines else None


def _module_name(path: Path) -> str:
    taken = path.stem in sys.modules or path.stem in sys.stdlib_module_names
    return "deploy_ui_script" if taken or not path.stem.isidentifier() else path.stem


def words(error: BaseException) -> str:
    """Return one line that says what was raised."""
    if isinstance(error, SystemExit):
        return f"The script ended the program (exit code {error.code})."
    return reason(error)


def _foreign(each: type) -> bool:
    return each.__module__.partition(".")[0] in KSERVE


def _classes(module: ModuleType) -> list[type]:
    return [each for each in vars(module).values() if isinstance(each, type) and each.__module__ == module.__name__]


def _check_predict(model: type) -> None:
    predict, taken = getattr(model, "predict"), parameters(model, "predict")  # noqa: B009  mypy knows no such attribute
    places = [each for each in taken if each.kind not in {each.KEYWORD_ONLY, each.VAR_KEYWORD}]
    if not places:
        message = "predict has to take the payload: def predict(self, payload)."
        raise ScriptError("script_no_predict", message, _line(predict))
    extra = [each.name for each in needed(taken) if each.name not in {places[0].name, "headers"}]
    if extra:
        message = f"predict is called with the payload only, but also needs {', '.join(extra)}."
        raise ScriptError("script_no_predict", message, _line(predict))


def _line(thing: Any) -> int | None:
    code = getattr(thing, "__code__", None)
    if code is not None:
        return int(code.co_firstlineno)
    try:
        return inspect.getsourcelines(thing)[1]
    except (OSError, TypeError):
        return None
