"""Asks the console's `/readyz` which parts work."""

import json
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

from deploy_ui.settings import Settings

TIMEOUT_S = 5


def missing(settings: Settings) -> list[str]:
    """Return the names of the parts that do not work yet; `console` if nobody answers at all."""
    opener = build_opener(ProxyHandler({}))  # never through the proxy of this machine
    try:
        with opener.open(f"{settings.local_console}/readyz", timeout=TIMEOUT_S) as answer:
            body = json.load(answer)
    except HTTPError as error:
        body = _body(error)
    except (OSError, ValueError):
        return ["console"]
    parts = body.get("parts", {}) if isinstance(body, dict) else {}
    return [name for name, state in parts.items() if state != "ok"] if parts else ["console"]


def _body(error: HTTPError) -> object:
    try:
        return json.load(error)
    except ValueError:
        return None
