r"""The author's requirements, checked line by line before anything is installed. Pure.

| line | what becomes of it |
|---|---|
| `name[extras] ==1.0 ; marker`, continued with a backslash, followed by ` # comment` | taken |
| blank, `# comment` | passed over |
| `--extra-index-url https://host/simple` | taken, if it holds no credentials: requirements are shown |
| another option: `-r`, `-e`, `-c`, `--index-url`, `--find-links`, … | refused |
| `name @ https://…`, `https://…`, `git+…`, `./path`, `file:…` | refused |

Options are refused because they read this machine's files or change what other lines mean; addresses and paths
because an image is built from packages of an index, which a lock can name.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from packaging.requirements import InvalidRequirement, Requirement

from deploy_ui.builds.base import BuildFailed
from deploy_ui.builds.redact import redact

COMMENT = re.compile(r"(^|\s)#.*$")
EXTRA_INDEX = re.compile(r"--extra-index-url(?:\s+|=)(?P<url>\S+)$")
ADDRESS = re.compile(r"^(?:[a-z][a-z0-9+.-]*:|[./~]|[^\s;\[@]*[/\\])", re.IGNORECASE)
LONGEST_SHOWN = 120


@dataclass(frozen=True)
class Requirements:
    """What the author asks for."""

    packages: tuple[str, ...]
    indexes: tuple[str, ...]
    """Indexes to look into before the usual one."""


def parse(text: str) -> Requirements:
    """Return what the text asks for; raise BuildFailed naming the first line that cannot be taken."""
    packages, indexes = [], []
    for number, line in _lines(text):
        if line.startswith("-"):
            indexes.append(_index(number, line))
        else:
            packages.append(_package(number, line))
    return Requirements(tuple(packages), tuple(indexes))


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield what each logical line holds, with the number of its first physical line."""
    begun, parts = 0, list[str]()
    for number, raw in enumerate(text.splitlines(), start=1):
        begun = begun or number
        if raw.endswith("\\") and not COMMENT.search(raw):
            parts.append(raw[:-1])
            continue
        line = COMMENT.sub("", " ".join([*parts, raw])).strip()
        if line:
            yield begun, line
        begun, parts = 0, []
    if line := " ".join(parts).strip():
        yield begun, line


def _index(number: int, line: str) -> str:
    matched = EXTRA_INDEX.match(line)
    if matched is None:
        raise BuildFailed("requirement_option", line=number, option=redact(re.split(r"[\s=]", line)[0][:LONGEST_SHOWN]))
    url = matched["url"]
    try:
        parts = urlsplit(url)
        fine = parts.scheme == "https" and parts.hostname and not parts.username and not parts.password
    except ValueError:
        fine = False
    if not fine:
        raise BuildFailed("requirement_index", line=number)
    return url


def _package(number: int, line: str) -> str:
    shown = redact(line[:LONGEST_SHOWN])
    if ADDRESS.match(line):
        raise BuildFailed("requirement_address", line=number, text=shown)
    try:
        requirement = Requirement(line)
    except InvalidRequirement as error:
        message = redact(str(error).splitlines()[0][:LONGEST_SHOWN])
        raise BuildFailed("requirement_invalid", line=number, text=shown, message=message) from error
    if requirement.url:
        raise BuildFailed("requirement_address", line=number, text=shown)
    return str(requirement)
