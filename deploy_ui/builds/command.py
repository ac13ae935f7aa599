"""How an image is run: by its instances, and by the build's own import check."""

import os
from pathlib import Path

from deploy_ui.enums import ImageKind

SERVER = "deploy_ui_serving"
"""The name under which `deploy_ui.serving` lies in an image's environment."""


def run_command(kind: ImageKind, entry: str, command: str, environment: Path) -> tuple[str, ...]:
    """Return the program and its arguments; the image's files are its working directory."""
    if kind == ImageKind.COMMAND:
        return ("/bin/sh", "-c", f"exec {command}")
    return (str(environment / "bin" / "python"), "-m", SERVER, str(kind), f"--entry={entry}")


def run_env(environment: Path, concurrency: int) -> dict[str, str]:
    """Return the variables that make the program find its environment."""
    return {
        "PATH": os.pathsep.join([str(environment / "bin"), "/usr/local/bin", "/usr/bin", "/bin"]),
        "VIRTUAL_ENV": str(environment),
        "CONCURRENCY": str(concurrency),
        "PYTHONUNBUFFERED": "1",
    }


def check_command(kind: ImageKind, entry: str, environment: Path, schema: Path) -> tuple[str, ...]:
    """Return the command that imports the script and writes the request schema."""
    python = str(environment / "bin" / "python")
    return (python, "-m", SERVER, "check", "--kind", str(kind), f"--entry={entry}", "--schema-out", str(schema))
