"""`/metrics`: everything that the monitor counted, for Prometheus."""

import hmac
import time
from importlib.metadata import version
from typing import Annotated

from fastapi import APIRouter, Header, Response

from deploy_ui.errors import NotFound, SignedOut, Unavailable
from deploy_ui.metrics import exposition, snapshot
from deploy_ui.metrics.snapshot import Snapshot
from deploy_ui.settings import settings

router = APIRouter(include_in_schema=False)

TEXT = Annotated[str, Header()]


@router.head("/metrics")
@router.get("/metrics")
def metrics(accept: TEXT = "", authorization: TEXT = "") -> Response:
    """Return the totals as Prometheus reads them. Nobody is signed in here: the settings say who may ask."""
    _admit(authorization)
    body, content_type = exposition.text(_fresh(), version("deploy-ui"), accept)
    return Response(body, headers={"content-type": content_type, "cache-control": "no-store"})


def _admit(authorization: str) -> None:
    current = settings()
    if current.metrics == "off":
        raise NotFound("metrics_off")
    expected = f"Bearer {current.metrics_token}".encode()
    if current.metrics == "token" and not hmac.compare_digest(authorization.encode(), expected):
        raise SignedOut("metrics_token_wrong")


def _fresh() -> Snapshot:
    """Return the snapshot, unless it tells of the past: Prometheus then sees a gap, not a line that stands still."""
    found = snapshot.read(settings().metrics_dir)
    if found is None:
        raise Unavailable("monitor_not_yet")
    if found.is_stale(time.time()):
        raise Unavailable("monitor_silent", seconds=round(time.time() - found.at))
    return found
