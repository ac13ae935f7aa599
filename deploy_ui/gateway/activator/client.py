"""What the rest of the product asks of the activator."""

import json

from deploy_ui.gateway import places, unix_http
from deploy_ui.settings import settings

HELD = "/held"
"""Where the activator tells it."""
TIMEOUT_S = 0.5
OK = 200


def held() -> dict[str, int]:
    """Return how many requests are held now, by slug; nothing when the activator cannot be asked. Never raises."""
    try:
        status, text = unix_http.ask(places.activator_socket(settings()), HELD, timeout_s=TIMEOUT_S)
        found: dict[str, int] = json.loads(text) if status == OK else {}
    except (OSError, ValueError):
        return {}
    return found
