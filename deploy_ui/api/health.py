"""Whether the product is alive and ready, for machines that watch it."""

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from deploy_ui.services import health

router = APIRouter(tags=["Health"])


class Alive(BaseModel):
    """The console answers."""

    status: str = "ok"


class Ready(BaseModel):
    """Which parts answer."""

    status: str = Field(examples=["ok"])
    parts: dict[str, str] = Field(examples=[{"database": "ok", "redis": "ok", "controller": "ok", "gateway": "down"}])


@router.head("/healthz", include_in_schema=False)
@router.get("/healthz")
async def alive() -> Alive:
    """Say that the console is alive, whatever the other parts do."""
    return Alive()


@router.head("/readyz", include_in_schema=False)
@router.get("/readyz", responses={503: {"model": Ready, "description": "At least one part does not answer."}})
def ready(response: Response) -> Ready:
    """Say for each part whether it answers."""
    checks = health.checks()
    response.status_code = 200 if all(checks.values()) else 503
    response.headers["cache-control"] = "no-store"
    parts = {name: "ok" if good else "down" for name, good in checks.items()}
    return Ready(status="ok" if all(checks.values()) else "down", parts=parts)
