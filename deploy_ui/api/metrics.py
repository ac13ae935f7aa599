"""What was measured of a deployment, as charts."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import AwareDatetime, BaseModel

from deploy_ui import clock
from deploy_ui.api.asking import Asking
from deploy_ui.api.errors import answers
from deploy_ui.api.language import accepted
from deploy_ui.enums.marks import MarkKind
from deploy_ui.errors import AppError
from deploy_ui.i18n import catalog
from deploy_ui.metrics.charts import Chart
from deploy_ui.services.monitoring import charts
from deploy_ui.services.monitoring.sources import Figure

router = APIRouter(prefix="/api/v1/deployments", tags=["Monitoring"], responses=answers(401, 404, 422, 503))


class Trouble(BaseModel):
    """Why what is shown is not all there is."""

    code: str
    message: str


class Marked(BaseModel):
    """What happened at one moment, in seconds since 1970."""

    at: float
    kind: MarkKind
    label: str
    facts: Mapping[str, Any]


class Measured(BaseModel):
    """Charts over one time axis. A value is null where nothing was measured."""

    since: int
    until: int
    step_s: int
    kept_days: int
    next_in_s: float
    source: str
    trouble: Trouble | None
    times: Sequence[int]
    charts: Sequence[Chart]
    marks: Sequence[Marked]
    summary: Sequence[Figure]


@router.get("/{slug}/metrics")
def deployment_metrics(
    *,
    request: Request,
    viewer: Asking,
    slug: str,
    since: Annotated[AwareDatetime | None, Query(description="An hour ago by default.")] = None,
    until: Annotated[AwareDatetime | None, Query(description="Now by default.")] = None,
    chart: Annotated[list[str] | None, Query(description="Only these charts.")] = None,
) -> Measured:
    """Return charts of a range of time, with at most 400 points a line, and a summary of it."""
    now = clock.now()
    found = charts.read(viewer, slug, since=since, until=until, now=now, names=chart or ())
    language = accepted(request.headers.get("accept-language"))
    trouble = _told(found.trouble, language) if found.trouble else None
    marks = [Marked(at=each.at.timestamp(), kind=each.kind, label=each.label, facts=each.facts) for each in found.marks]
    return Measured(**{**vars(found), "trouble": trouble, "marks": marks})


def _told(trouble: AppError, language: str) -> Trouble:
    return Trouble(code=trouble.code, message=catalog.error_text(language, trouble.code, trouble.facts))
