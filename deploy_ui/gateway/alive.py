"""Whether the gateway answers."""

import httpx

from deploy_ui.settings import settings

TIMEOUT_S = 1.0
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 -- addresses to listen on are none to connect to


def answers() -> bool:
    """Say whether something that answers as our gateway does listens at its address: our error for an unknown path."""
    host = EVERYWHERE.get(settings().gateway_host, settings().gateway_host)
    try:
        with httpx.Client(trust_env=False, timeout=TIMEOUT_S) as client:
            answer = client.get(f"http://{host}:{settings().gateway_port}/")
        return isinstance(answer.json()["error"]["code"], str)
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, TypeError):
        return False
