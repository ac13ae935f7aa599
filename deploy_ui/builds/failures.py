"""What uv's words mean for the author. Pure."""

import re
from collections.abc import Iterable

from deploy_ui.builds.base import BuildFailed

LONGEST_MESSAGE = 2000
DISK_FULL = re.compile(r"no space left on device|os error 28\b|disk quota exceeded", re.IGNORECASE)
UNKNOWN = re.compile(r"Because (?P<name>[A-Za-z0-9][\w.-]*(?:\[[^\]]*\])?) was not found in ")
NO_VERSION = re.compile(r"Because there (?:is|are) no versions? of (?P<name>.{1,200}?) and you require")
NO_SOLUTION = re.compile(r"No solution found when resolving")
NOT_BUILT = re.compile(r"(?:Failed to (?:download and )?build|Failed to prepare distributions:) `?(?P<name>[^`\s]+)`?")
UNREACHABLE = re.compile(
    r"Failed to (?:fetch|download|extract)|error sending request|dns error|Connection refused|timed? ?out|"
    r"Could not connect|status (?:code|client error|server error)|\b(?:401|403|50[0234])\b",
    re.IGNORECASE,
)
CODES = (
    (DISK_FULL, "disk_full"),
    (UNKNOWN, "package_unknown"),
    (NO_VERSION, "package_no_version"),
    (NO_SOLUTION, "requirements_conflict"),
    (NOT_BUILT, "package_not_built"),
    (UNREACHABLE, "index_unreachable"),
)
"""In this order, because a later pattern may also be found in what an earlier one tells."""
NOISE = re.compile(r"^\s*(?:error|cause|hint|×|╰─▶|├─▶|│):?\s*", re.MULTILINE)


def explain(lines: Iterable[str], *, otherwise: str) -> BuildFailed:
    """Return the failure that uv's output tells of; `otherwise` is the code when it tells of none we know."""
    output = "\n".join(lines)
    one_line = " ".join(output.split())
    for pattern, code in CODES:
        if found := pattern.search(one_line):
            return BuildFailed(code, message=_trimmed(output), **found.groupdict())
    return BuildFailed(otherwise, message=_trimmed(output))


def _trimmed(output: str) -> str:
    """Return uv's own words from its first error on, without its decoration, not too many of them."""
    start = output.find("error:")
    words = NOISE.sub("", output[max(start, 0) :])
    text = "\n".join(line.strip() for line in words.splitlines() if line.strip())
    return text if len(text) <= LONGEST_MESSAGE else f"{text[:LONGEST_MESSAGE]}…"
