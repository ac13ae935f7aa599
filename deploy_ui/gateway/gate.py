"""The gate: which deployments' requests are held or refused now. The controller writes it, the activator reads it.

One file, replaced by rename. A deployment that is not in it is open.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from deploy_ui.gateway import places
from deploy_ui.gateway.files import replace_if_changed
from deploy_ui.gateway.routes import RouteState
from deploy_ui.settings import settings


@dataclass(frozen=True)
class Shut:
    """Why a deployment's requests do not get through."""

    state: RouteState
    """`WAITING`: they are held. Anything else: they are refused."""
    start_timeout_s: int
    """How long one may be held."""
    reason: str
    """The code that says why no instance is ready; empty when nothing is wrong."""


def write(shut: Mapping[str, Shut]) -> bool:
    """Shut exactly these deployments, by slug, and open all others; say whether that changed anything."""
    text = json.dumps({slug: asdict(each) for slug, each in shut.items()}, sort_keys=True)
    return replace_if_changed(places.gate(settings()), text + "\n")


def read() -> Mapping[str, Shut]:
    """Return what is shut, by slug; nothing before the first write."""
    try:
        text = places.gate(settings()).read_text()
    except FileNotFoundError:
        return {}
    return {slug: Shut(**facts | {"state": RouteState(facts["state"])}) for slug, facts in json.loads(text).items()}
