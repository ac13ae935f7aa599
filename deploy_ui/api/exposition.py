"""`/metrics`: everything that the monitor counted, for Prometheus."""

from typing import Annotated

from fastapi import APIRouter, Header, Response

from deploy_ui.services.monitoring import exposition

router = APIRouter(include_in_schema=False)

TEXT = Annotated[str, Header()]


@router.head("/metrics")
@router.get("/metrics")
def metrics(accept: TEXT = "", authorization: TEXT = "") -> Response:
    """Return the totals as Prometheus reads them. Nobody is signed in here: the settings say who may ask."""
    body, content_type = exposition.scraped(authorization, accept)
    return Response(body, headers={"content-type": content_type, "cache-control": "no-store"})
