"""When a failed instance is replaced: at once after a long success, else later and later. Pure.

Everything is read from the instances' records, so a restart of the controller forgets nothing.
"""

import itertools
from collections.abc import Iterable
from datetime import datetime, timedelta

from deploy_ui.controller.elapsed import Age
from deploy_ui.enums import InstanceStatus, Reason
from deploy_ui.services.fleet import Record

LONGEST_S = 60
SUCCESS = timedelta(seconds=60)
"""An instance that was ready for so long was a success, however it ended."""
HOPELESS_EXITS = {126, 127}
"""What a shell answers when the command cannot be run or is not there."""


def streak(records: Iterable[Record], revision: int) -> list[Record]:
    """Return the failures of a revision since its last success, newest first."""
    ended = [each for each in records if each.revision == revision and each.status.ended]
    ended.sort(key=end, reverse=True)
    since = itertools.takewhile(lambda each: not _succeeded(each), ended)
    return [each for each in since if each.status is InstanceStatus.FAILED]


def rounds(failures: int, wanted: int) -> int:
    """Return how often the whole was tried in vain; instances that are tried together fail together."""
    return -(-failures // max(wanted, 1))


def due(records: Iterable[Record], *, revision: int, wanted: int, age: Age) -> bool:
    """Say whether to try again: 1, 2, 4 … 60 seconds after the newest failure, and at once where nothing failed."""
    failed = streak(records, revision)
    if not failed:
        return True
    tries = min(rounds(len(failed), wanted), 7)
    return age(end(failed[0])) >= timedelta(seconds=min(2 ** (tries - 1), LONGEST_S))


def hopeless(record: Record) -> bool:
    """Say whether starting the same again cannot succeed."""
    return record.reason is Reason.START_FAILED or (
        record.reason is Reason.CRASHED and record.ready_at is None and record.exit_code in HOPELESS_EXITS
    )


def end(record: Record) -> datetime:
    """Return when the record ended; one without a moment is as old as it can be."""
    return record.ended_at or record.created_at


def _succeeded(record: Record) -> bool:
    """Say whether it did what it was started for: for a while, or until nobody called any more."""
    if record.ready_at is None:
        return False
    return record.reason is Reason.IDLE or end(record) - record.ready_at >= SUCCESS
