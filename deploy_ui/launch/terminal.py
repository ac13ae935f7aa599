"""How the command line speaks: in the language of the terminal, one clear line a failure."""

import getpass
import os
import sys
from collections.abc import Iterable, Mapping
from typing import Any

import typer

from deploy_ui.i18n import catalog


def language() -> str:
    """Return the language of the terminal, as far as there are texts in it."""
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    short = locale[:2].lower()
    return short if short in catalog.LANGUAGES else catalog.DEFAULT


def chosen(language_: str) -> str:
    """Return the language that was asked for, if there are texts in it; else the terminal's."""
    return language_ if language_ in catalog.LANGUAGES else language()


def say(key: str, **facts: object) -> None:
    """Print the text `up.{key}`."""
    typer.echo(catalog.text(language(), f"up.{key}", **facts))


def failure(code: str, facts: Mapping[str, object]) -> str:
    """Return the line that tells of a foreseen failure."""
    return f"deploy-ui: {catalog.error_text(language(), code, facts)}"


def wrong_settings(problems: Iterable[Mapping[str, Any]]) -> str:
    """Return one line a setting that pydantic refused. It never repeats the value: that may be a password."""
    return "\n".join(
        f"deploy-ui: DEPLOY_UI_{'_'.join(map(str, problem['loc'])).upper()}: {problem['msg']}" for problem in problems
    )


def password() -> str:
    """Ask for a password without showing it; from a pipe, read its first line."""
    if sys.stdin.isatty():
        return getpass.getpass(catalog.text(language(), "up.password"))
    return sys.stdin.readline().rstrip("\n")
