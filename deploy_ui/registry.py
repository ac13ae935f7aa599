"""Hands pip's configuration to uv, which does not read it: a mirror or a certificate needs to be named only once.

`python deploy_ui/registry.py pip sync …` runs uv so. It needs nothing but Python: it runs before the rest is installed.
What is set for uv itself (`UV_*`) goes before what is set for pip.
"""

import ast
import functools
import os
import subprocess
import sys
from pathlib import Path

NAMES = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "cert": "SSL_CERT_FILE",
}
SEPARATORS = {"find-links": ","}
OWN_INDEXES = {"UV_DEFAULT_INDEX", "UV_INDEX", "UV_INDEX_URL", "UV_EXTRA_INDEX_URL"}


def uv_environment() -> dict[str, str]:
    """Return the variables that uv needs in addition to this process's own."""
    found = {NAMES[name]: value for name, value in _pip_options().items() if name in NAMES}
    if OWN_INDEXES & os.environ.keys():
        found = {name: value for name, value in found.items() if name not in OWN_INDEXES}
    if "UV_INDEX" in found:
        found["UV_INDEX_STRATEGY"] = "unsafe-best-match"  # as pip does: the best version of all indexes
    return {name: value for name, value in found.items() if name not in os.environ}


@functools.cache
def _pip_options() -> dict[str, str]:
    """Return pip's options from its files and variables; variables win. Without pip there are none. Asked for once."""
    command = [sys.executable, "-m", "pip", "config", "list"]
    listed = subprocess.run(command, capture_output=True, text=True, check=False).stdout.splitlines()
    pairs = [line.split("=", 1) for line in listed if "=" in line]
    by_variable = sorted(pairs, key=lambda pair: pair[0].startswith(":env:"))
    return {key.split(".", 1)[1]: _value(key.split(".", 1)[1], value) for key, value in by_variable if "." in key}


def _value(name: str, literal: str) -> str:
    return SEPARATORS.get(name, " ").join(str(ast.literal_eval(literal)).split())


if __name__ == "__main__":
    uv = Path(sys.executable).with_name("uv")
    os.execve(uv, [str(uv), *sys.argv[1:]], os.environ | uv_environment())
