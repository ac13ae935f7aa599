"""The three commands: `model`, `asgi`, `check`. Each returns the process's exit code."""

import json
import os
import sys
from pathlib import Path
from typing import Any, NoReturn

from . import notify
from .author import bring_up
from .calls import Calls
from .environment import BadEnvironment, Environment, read_environment
from .hints import read_hint
from .log import say, say_fault, set_up, show_logging, traceback_of
from .model import ModelApp
from .script import ScriptError, find_app, find_model, line_of, load_script, words
from .server import run, websockets
from .slots import Slots
from .steps import first_method
from .wrapped import WrappedApp

BAD_USE = 2
BAD_SCRIPT = 3


def model(entry: str) -> int:
    """Serve the script's `class Model`."""
    environment = _begin()
    if environment is None:
        return BAD_USE
    notify.loading(environment.instance)
    try:
        found = find_model(load_script(entry))
    except ScriptError as error:
        return _bad_script(error, 1)
    show_logging()
    app = ModelApp(environment.deployment, environment.instance, Slots(environment.concurrency, environment.queue))

    async def load() -> int:
        try:
            author = await bring_up(found, environment.deployment, environment.concurrency)
        except (Exception, SystemExit) as error:  # noqa: BLE001  the author's code may raise anything
            return _load_failed(error, entry)
        app.calls = Calls(author, environment.deployment)
        return 0

    return run(app, environment, load=load)


def asgi(entry: str) -> int:
    """Serve the script's ASGI application `app`."""
    environment = _begin()
    if environment is None:
        return BAD_USE
    protocol = websockets()
    notify.loading(environment.instance)
    try:
        app = find_app(load_script(entry))
    except ScriptError as error:
        return _bad_script(error, 1)
    show_logging()
    slots = Slots(environment.concurrency, environment.queue)
    return run(WrappedApp(app, environment.instance, slots), environment, websockets=protocol)


def check(kind: str, entry: str, schema_out: str) -> NoReturn:
    """Import the script as an instance would and write the payload's JSON Schema (`null`: anything goes).

    Nothing is loaded. What an instance needs is imported, which also compiles it for the first instance.
    The process ends at once afterwards, whatever threads the script has started.
    """
    code = _check(kind, entry, schema_out)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _check(kind: str, entry: str, schema_out: str) -> int:
    set_up()
    if kind == "asgi":
        websockets()
    try:
        module = load_script(entry)
        schema = _schema(find_model(module)) if kind == "model" else find_app(module) and None
    except ScriptError as error:
        return _bad_script(error, BAD_SCRIPT)
    Path(schema_out).write_text(json.dumps(schema, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return 0


def _schema(found: type) -> dict[str, Any] | None:
    hint = read_hint(found, first_method(found))
    return hint.schema("#/$defs/{model}") if hint.schema else None


def _begin() -> Environment | None:
    set_up()
    try:
        return read_environment()
    except BadEnvironment as error:
        say_fault("bad_environment", str(error))
        return None


def _bad_script(error: ScriptError, code: int) -> int:
    say_fault(error.code, error.message, line=error.line)
    return code


def _load_failed(error: BaseException, entry: str) -> int:
    say(traceback_of(error))
    say_fault("load_failed", words(error), line=line_of(error, Path(entry).resolve()))
    return 1
