"""`/metrics`: everything that the monitor counted, as Prometheus reads it.

Nobody is signed in here, so there is no viewer: the settings say who may ask.
"""

import hmac
import time
from importlib.metadata import version

from deploy_ui.errors import NotFound, SignedOut, Unavailable
from deploy_ui.metrics import exposition, snapshot
from deploy_ui.metrics.snapshot import Snapshot
from deploy_ui.settings import settings


def scraped(authorization: str, accept: str) -> tuple[bytes, str]:
    """Return the totals and their content type, for what a scraper sent in these two headers.

    Raises NotFound if the settings offer nothing, SignedOut without the right token, Unavailable while nothing is
    measured.
    """
    _admit(authorization)
    return exposition.text(_fresh(), version("deploy-ui"), accept)


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
