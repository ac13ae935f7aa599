"""What uv's words mean for the author. Pure."""

import re
from collections.abc import Iterable

from deploy_ui.builds.base import BuildFailed

LONGEST_MESSAGE = 2000
DISK_FULL = re.compile(r"no space left on device|os error 28\b|disk quota exceeded", re.IGNORECASE)
UNKNOWN = re.compile(r"Because (?P<name>[A-Za-z0-9][\w.-]*(?:\[[^\]]*\])?) was not found in ")
NO_VERSION = re.compile(r"Because there (?:is|are) no versions? of (?P<text>[^\n]+?) and you require")
NO_SOLUTION = re.compile(r"No solution found when resolving")
NOT_BUILT = re.compile(r"(?:Failed to (?:download and )?build|Failed to prepare distributions:) `?(?P<name>[^`\s]+)`?")
UNREACHABLE = re.compile(
    r"Failed to (?:fetch|download|extract)|error sending request|dns error|Connection refused|timed? ?out|"
    r"Could not connect|status (?:code|client error|server error)|\b(?:401|403|50[0234])\b",
    re.IGNORECASE,
)
NOISE = re.compile(r"^\s*(?:error|cause|hint|×|╰─▶|├─▶|│):?\s*", re.MULTILINE)


def explain(lines: Iterable[str], *, otherwise: str) -> BuildFailed:
    """Return the failure that uv's output tells of; `otherwise` is the code when it tells of none we know."""
    output = "\n".join(lines)
    words = _trimmed(output)
    if DISK_FULL.search(output):
        return BuildFailed("disk_full")
    if unknown := UNKNOWN.search(_one_line(output)):
        return BuildFailed("package_unknown", name=unknown["name"], message=words)
    if no_version := NO_VERSION.search(_one_line(output)):
        return BuildFailed("package_no_version", name=no_version["text"][:200], message=words)
    if NO_SOLUTION.search(output):
        return BuildFailed("requirements_conflict", message=words)
    if not_built := NOT_BUILT.search(output):
        return BuildFailed("package_not_built", name=not_built["name"], message=words)
    if UNREACHABLE.search(output):
        return BuildFailed("index_unreachable", message=words)
    return BuildFailed(otherwise, message=words)


def _one_line(output: str) -> str:
    return " ".join(output.split())


def _trimmed(output: str) -> str:
    """Return uv's own words from its first error on, without its decoration, not too many of them."""
    start = output.find("error:")
    words = NOISE.sub("", output[max(start, 0) :])
    text = "\n".join(line.strip() for line in words.splitlines() if line.strip())
    return text if len(text) <= LONGEST_MESSAGE else f"{text[:LONGEST_MESSAGE]}…"
