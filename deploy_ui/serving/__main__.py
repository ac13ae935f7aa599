"""`python -m deploy_ui_serving model|asgi --entry FILE`, `… check --kind model|asgi --entry FILE --schema-out FILE`."""

import sys

if not sys.flags.safe_path:
    # The working directory: the author's files are importable later, but must not stand in for our imports.
    sys.path.pop(0)

import argparse

from .commands import asgi, check, model


def main() -> int:
    """Run one command and return the exit code."""
    parser = argparse.ArgumentParser(prog="deploy_ui_serving")
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("model", "asgi", "check"):
        commands.add_parser(name).add_argument("--entry", required=True)
    checking = commands.choices["check"]
    checking.add_argument("--kind", choices=("model", "asgi"), required=True)
    checking.add_argument("--schema-out", required=True)
    given = parser.parse_args()
    if given.command == "check":
        check(given.kind, given.entry, given.schema_out)
    return (model if given.command == "model" else asgi)(given.entry)


if __name__ == "__main__":
    sys.exit(main())
