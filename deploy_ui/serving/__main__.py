"""`python -m deploy_ui_serving model|asgi --entry FILE`, `… check --kind model|asgi --entry FILE --schema-out FILE`."""

import sys

if not sys.flags.safe_path:
    # The working directory: the author's files are importable later, but must not stand in for our imports.
    sys.path.pop(0)

from getopt import GetoptError, gnu_getopt

from .lightly import import_lightly

import_lightly("uvicorn", Config="uvicorn.config", Server="uvicorn.server")

from .commands import BAD_USE, asgi, check, model  # noqa: E402 -- behind the line that makes it cheap

OPTIONS = {"model": ("entry",), "asgi": ("entry",), "check": ("entry", "kind", "schema-out")}


def main(arguments: list[str]) -> int:
    """Run one command and return the exit code."""
    command = arguments[0] if arguments else ""
    wanted = OPTIONS.get(command, ())
    try:
        given, rest = gnu_getopt(arguments[1:], "", [f"{name}=" for name in wanted])
    except GetoptError as error:
        return _bad_use(str(error))
    options = {name.removeprefix("--"): value for name, value in given}
    if not wanted or rest or options.keys() != set(wanted) or options.get("kind", "model") not in {"model", "asgi"}:
        return _bad_use("these are not the options of a command")
    if command == "check":
        check(options["kind"], options["entry"], options["schema-out"])
    return (model if command == "model" else asgi)(options["entry"])


def _bad_use(problem: str) -> int:
    sys.stderr.write(f"deploy_ui_serving: {problem}\n{__doc__}\n")
    return BAD_USE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
