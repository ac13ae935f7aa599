"""A test request as a command for the shell."""

from fastapi import APIRouter
from pydantic import Field

from deploy_ui.api.asking import Asking
from deploy_ui.api.errors import answers
from deploy_ui.api.shapes import Body
from deploy_ui.services import trials
from deploy_ui.services.trials import Header, Trial

router = APIRouter(prefix="/api/v1/deployments/{slug}", tags=["Deployments"], responses=answers(401, 404))


class TrialBody(Body):
    """A request to a deployment."""

    method: str = Field(default="POST", examples=["POST"])
    path: str = Field(default="/predict", description="Behind the slug, with the query.", examples=["/predict"])
    headers: list[Header] = Field(default_factory=list)
    body: str = ""


class Command(Body):
    """A command for a POSIX shell."""

    command: str = Field(description="Holds a key that opens this deployment for five minutes.")


@router.post("/curl", responses=answers(403, 410, 413, 422))
def curl(viewer: Asking, slug: str, body: TrialBody) -> Command:
    """Say a request as cURL, with a key of the console's own unless the headers bring one."""
    trial = Trial(method=body.method, path=body.path, headers=body.headers, body=body.body)
    return Command(command=trials.curl(viewer, slug, trial))
