"""How the trial of a revision ends: it has been ready, or it is given up for one that has been. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from deploy_ui.controller.status import cause, given_up
from deploy_ui.enums import ImageStatus, InstanceStatus, Reason, Wish
from deploy_ui.services.fleet import Member, Record

UNBUILT = {ImageStatus.FAILED, ImageStatus.CANCELED}


@dataclass(frozen=True)
class Failure:
    """Why a revision is given up."""

    reason: Reason
    message: str = ""


def passed(member: Member, records: Sequence[Record]) -> bool:
    """Say whether the wanted revision has been ready as a whole, for the first time."""
    if not member.trial or member.wish is not Wish.RUN or not member.wanted:
        return False
    ready = [each for each in records if each.status is InstanceStatus.READY and each.revision == member.revision]
    return len(ready) >= member.wanted


def failure(member: Member, records: Sequence[Record]) -> Failure | None:
    """Return why the wanted revision is to be given up for the fallback.

    None while there is hope, or nothing to fall back to: what has been ready once is restarted for ever instead, so a
    deployment is rolled back at most once for each change that a person makes.
    """
    if not member.trial or member.wish is not Wish.RUN or member.fallback is None:
        return None
    if member.image_status in UNBUILT:
        return Failure(Reason.IMAGE_FAILED)
    if not member.wanted:
        return None  # it sleeps: whether it becomes ready shows when it is woken
    trouble = cause(member, records) if given_up(member, records) else None
    return Failure(trouble.reason, trouble.message) if trouble else None
