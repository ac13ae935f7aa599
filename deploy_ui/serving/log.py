"""What an instance writes: the author's lines at once and untouched, one line a request, and ours for the platform."""

import contextlib
import io
import json
import logging
import sys
import traceback
from time import perf_counter

QUIET_PATHS = ("/health/", "/v2/health/")
QUIET_STATUSES = {200, 503}
"""Probes ask all the time whether the instance is ready: a line for each yes and no would bury the others."""

OURS = (f"{__file__.rpartition('/')[0]}/", "<frozen importlib")
"""Files that a traceback need not begin with."""


def set_up() -> None:
    """Let every line out as soon as it ends, in UTF-8 whatever the locale, and never fail on odd characters."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", line_buffering=True)


def show_logging() -> None:
    """Print the author's `logging` from level INFO on, unless the script has set logging up itself."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    logging.getLogger("uvicorn").setLevel(logging.WARNING)


def say(text: str) -> None:
    """Write one line of ours."""
    with contextlib.suppress(OSError):  # nobody reads any more; that must not fail requests
        sys.stderr.write(f"{text}\n")


def say_fault(code: str, message: str, **facts: object) -> None:
    """Write the line that the platform reads: why the process is about to end."""
    say(json.dumps({"code": code, **facts, "message": message}))


def request_line(method: str, path: str, status: int, began: float, request: str) -> None:
    """Write the one line of a request that has ended."""
    if path.startswith(QUIET_PATHS) and status in QUIET_STATUSES:
        return
    try:
        sys.stdout.write(f"{method} {path} {status} {(perf_counter() - began) * 1000:.1f} ms {request}\n")
    except OSError:  # nobody reads any more; that must not fail requests
        return


def traceback_of(error: BaseException) -> str:
    """Return the traceback from the author's own first frame on."""
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename.startswith(OURS):
        trace = trace.tb_next
    return "".join(traceback.format_exception(type(error), error, trace)).rstrip()
