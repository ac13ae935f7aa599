"""Whether the gateway answers."""

import httpx

from deploy_ui.settings import settings

TIMEOUT_S = 1.0


def answers() -> bool:
    """Say whether something that answers as our gateway does listens at its address: our error for an unknown path."""
    try:
        with httpx.Client(trust_env=False, timeout=TIMEOUT_S) as client:
            answer = client.get(f"{settings().local_gateway}/")
        return isinstance(answer.json()["error"]["code"], str)
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, TypeError):
        return False
