"""Test requests: as a command for the shell, and those that were sent before."""

from fastapi import APIRouter
from pydantic import Field

from deploy_ui.api.asking import Asking
from deploy_ui.api.errors import answers
from deploy_ui.api.shapes import Body
from deploy_ui.api.trial_shapes import TrialBody
from deploy_ui.services.log_rows import LogRow
from deploy_ui.services.trials import curl as commands
from deploy_ui.services.trials import history, log

router = APIRouter(tags=["Deployments"], responses=answers(401, 404))


class Command(Body):
    """A command for a POSIX shell."""

    command: str = Field(description="Holds a key that opens this deployment for five minutes.")


class PastBody(TrialBody):
    """A request that was sent before, as it can be sent again."""

    left_out: list[str] = Field(
        default_factory=list,
        description="What was not kept: `text`, `fields`, `file`, or `headers` (the values of key headers).",
    )


class PastLog(Body):
    """What the answering instance wrote meanwhile."""

    lines: list[tuple[int, str, str, str, str, str]] = Field(
        description="Milliseconds since 1970, instance, level, text, stream, cursor."
    )
    named: list[int] = Field(description="Which of the lines name the request.")
    others: bool = Field(description="The instance answered other requests meanwhile.")
    more: bool = Field(description="There are more lines than these.")


@router.post("/api/v1/deployments/{slug}/curl", responses=answers(403, 410, 413, 422))
def curl(viewer: Asking, slug: str, body: TrialBody) -> Command:
    """Say a request as cURL, with a key of the console's own unless the headers bring one; files by their names."""
    return Command(command=commands.command(viewer, slug, body.trial()))


@router.get("/api/trials/{slug}/past/{past_id}", include_in_schema=False)
def past(viewer: Asking, slug: str, past_id: int) -> PastBody:
    """Return one request that the person has sent."""
    found = history.past(viewer, slug, past_id)
    return PastBody(**dict(TrialBody.of(found.trial)), left_out=found.left_out)


@router.get("/api/trials/{slug}/past/{past_id}/log", include_in_schema=False)
def past_log(viewer: Asking, slug: str, past_id: int) -> PastLog:
    """Return what the answering instance wrote while it had the request."""
    found = log.of(viewer, slug, past_id)
    return PastLog(lines=list(map(_line, found.lines)), named=found.named, others=found.others, more=found.more)


def _line(row: LogRow) -> tuple[int, str, str, str, str, str]:
    at = round(row.at.timestamp() * 1000)
    return at, row.instance, row.level, row.text, row.stream, row.cursor
