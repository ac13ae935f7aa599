"""The secret that a deployment's callbacks are signed with."""

from fastapi import APIRouter, Response
from pydantic import Field

from deploy_ui.api.asking import Asking
from deploy_ui.api.errors import answers
from deploy_ui.api.shapes import Body
from deploy_ui.services.calls import callback_secrets

router = APIRouter(
    prefix="/api/v1/deployments/{slug}/callback-secret",
    tags=["Asynchronous calls"],
    responses=answers(401, 403, 404, 410),
)


class CallbackSecret(Body):
    """What receivers verify callbacks with."""

    secret: str = Field(description="As in the Standard Webhooks specification.", examples=["whsec_…"])


@router.get("")
def show(viewer: Asking, slug: str, response: Response) -> CallbackSecret:
    """Return the secret; it stays the same until it is replaced."""
    return _unkept(response, callback_secrets.secret(viewer, slug))


@router.post("/rotate")
def rotate(viewer: Asking, slug: str, response: Response) -> CallbackSecret:
    """Replace the secret. Callbacks are signed with the new one from now on."""
    return _unkept(response, callback_secrets.rotate(viewer, slug))


def _unkept(response: Response, secret: str) -> CallbackSecret:
    response.headers["cache-control"] = "no-store"
    return CallbackSecret(secret=secret)
