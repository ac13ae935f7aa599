"""Calls by how their id begins: along the index of ids, or along the deployment's newest."""

import re
from typing import Any

from sqlalchemy import ColumnElement, false
from sqlmodel import col

from deploy_ui.ids import ALPHABET
from deploy_ui.models import Call
from deploy_ui.services.calls.names import PREFIX, RANDOM_LENGTH, TIME_LENGTH

TELLING_LENGTH = 5
"""So many letters of the time leave a quarter of an hour; fewer fit hours of calls, or all."""
_BEGINNING = re.compile(f"[{ALPHABET}]{{1,{TIME_LENGTH + RANDOM_LENGTH}}}")


def matching(deployment_id: int, search: str) -> list[ColumnElement[bool]]:
    """Select a deployment's calls whose id begins like this, with or without its first two characters."""
    typed = search.strip().lower()
    letters = typed.removeprefix(PREFIX).removeprefix(PREFIX[0] if typed == PREFIX[0] else "")
    mine: Any = col(Call.deployment_id)
    if not letters:
        return [mine == deployment_id]
    if not _BEGINNING.fullmatch(letters):
        return [false()]
    first = PREFIX + letters
    last = first + max(ALPHABET) * (TIME_LENGTH + RANDOM_LENGTH - len(letters))
    if len(letters) >= TELLING_LENGTH:
        mine = mine + 0  # so that the databases take the index of ids: few calls are left by it
    return [mine == deployment_id, col(Call.id).between(first, last)]
