"""What a call is known by: an id that says when it was made, so that one that was forgotten is not taken for a lie."""

import re
from datetime import UTC, datetime, timedelta

from deploy_ui.ids import ALPHABET, new_id, spelled

PREFIX = "c_"
TIME_LENGTH = 7
"""Seconds since 1970 to the base of the alphabet: enough for some 800 years."""
RANDOM_LENGTH = 9
CALL_ID = re.compile(f"{PREFIX}[{ALPHABET}]{{{TIME_LENGTH + RANDOM_LENGTH}}}")


def new_call_id(now: datetime) -> str:
    """Return an id for a call that is made now; the column's uniqueness has the last word."""
    return PREFIX + spelled(int(now.timestamp()), TIME_LENGTH) + new_id(RANDOM_LENGTH)


def made_at(call_id: str) -> datetime | None:
    """Return when a call of this id would have been made, to the second; None if it is no id of a call."""
    if not CALL_ID.fullmatch(call_id):
        return None
    seconds = 0
    for letter in call_id.removeprefix(PREFIX)[:TIME_LENGTH]:
        seconds = seconds * len(ALPHABET) + ALPHABET.index(letter)
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
