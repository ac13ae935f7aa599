"""What a keeper reports of its instance: one small JSON file, replaced by rename.

The instance is started before a report is read or written: importing `json` would make it wait.
"""

import contextlib
import os

RUNNING = "running"
STOPPING = "stopping"
ENDED = "ended"

FILE = "state.json"
ORDER_FILE = "order"
"""What to run, marshalled: both sides are the same interpreter, and need nothing imported for it."""
LOCK_FILE = "lock"
"""Locked while the keeper lives: the kernel lets go of it when the keeper dies, however it dies."""
CONTROL_FILE = "control"
"""A named pipe: a byte in it wakes the keeper to look at the stop file."""
STOP_FILE = "stop"
"""Exists once somebody asked the instance to end."""
KEEPER_LOG_FILE = "keeper.log"
"""What the keeper itself said; empty unless it broke."""
WORK_FOLDER = "work"
HOME_FOLDER = "home"
TMP_FOLDER = "tmp"

Report = dict[str, object]


def write(folder: str, report: Report) -> None:
    """Replace the report; a reader sees the old one or the new one, never a part."""
    import json  # noqa: PLC0415 see above

    draft = os.path.join(folder, f".{FILE}.{os.getpid()}")
    try:
        with open(draft, "w", encoding="utf-8") as file:
            json.dump(report, file)
        os.replace(draft, os.path.join(folder, FILE))
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(draft)
        raise


def read(folder: str) -> Report:
    """Return the report; an unreadable one (power cut) is empty. Raises FileNotFoundError if there is none."""
    import json  # noqa: PLC0415 see above

    with open(os.path.join(folder, FILE), encoding="utf-8") as file:
        try:
            found = json.load(file)
        except ValueError:
            return {}
    return found if isinstance(found, dict) else {}
