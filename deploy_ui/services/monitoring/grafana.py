"""The Grafana of the settings: where a deployment's dashboard is, and whether it can be shown."""

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from urllib.parse import quote

import httpx

from deploy_ui.enums import Role
from deploy_ui.errors import AppError, Unavailable
from deploy_ui.services.viewer import Viewer
from deploy_ui.settings import settings

DASHBOARD = "deploy-ui-deployment"
"""Its uid: `deploy_ui.grafana.dashboards` makes it."""
PATIENCE_S = 3.0
RANGE = re.compile(r"[1-9][0-9]{0,2}[mhd]")


def dashboard(viewer: Viewer, slug: str, time: Mapping[str, str] | None = None) -> str:
    """Return the address of a deployment's dashboard, empty without a Grafana.

    It shows the time that the address of the charts names: `since` and `until`, else `range`, else the last hour.
    """
    viewer.require(Role.VIEWER)
    base = settings().grafana_url
    since, until = _time(time or {})
    deployment = quote(slug, safe="")
    return base and f"{base}/d/{DASHBOARD}/{DASHBOARD}?var-deployment={deployment}&from={since}&to={until}"


def trouble(viewer: Viewer, *, transport: httpx.BaseTransport | None = None) -> AppError | None:
    """Ask Grafana whether it is well; return why its dashboard cannot be shown on a page of ours. Takes up to 3 s."""
    viewer.require(Role.VIEWER)
    base = settings().grafana_url
    try:
        with httpx.Client(timeout=PATIENCE_S, transport=transport, trust_env=False) as client:
            answer = client.get(f"{base}/api/health")
    except httpx.TimeoutException:
        return Unavailable("grafana_slow", address=base, seconds=f"{PATIENCE_S:g}")
    except httpx.TransportError as error:
        return Unavailable("grafana_unreachable", address=base, reason=str(error)[:200])
    if not answer.is_success:
        return Unavailable("grafana_unwell", address=base, status=answer.status_code)
    if "x-frame-options" in answer.headers:
        return Unavailable("grafana_not_embeddable", address=base)
    return None


def _time(asked: Mapping[str, str]) -> tuple[str, str]:
    """Return since when and until when, as Grafana's addresses say it."""
    with suppress(KeyError, ValueError):
        since, until = (datetime.fromisoformat(asked[name]).timestamp() for name in ("since", "until"))
        return str(round(since * 1000)), str(round(until * 1000))
    length = asked.get("range", "")
    return f"now-{length if RANGE.fullmatch(length) else '1h'}", "now"
