"""Environment variables of many deployments, in clear, for the controller only."""

import functools
from collections.abc import Mapping

from cryptography.fernet import InvalidToken

from deploy_ui import vault


def unsealed(of_image: str, own: str) -> dict[str, str] | None:
    """Return a deployment's variables over its image's; None when the sealing key is gone."""
    try:
        return {**_unsealed(of_image), **_unsealed(own)}
    except InvalidToken:
        return None


@functools.lru_cache(maxsize=2000)
def _unsealed(sealed: str) -> Mapping[str, str]:
    """Remember what was unsealed: the controller asks for the same values many times a second."""
    return vault.unseal(sealed)
