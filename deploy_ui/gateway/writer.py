"""Writes Envoy's files. Envoy reads a file again when one is moved into its folder, never when one is edited."""

import dataclasses
import re
import time
from collections.abc import Collection, Sequence
from pathlib import Path

from deploy_ui.gateway import envoy, keys, places, process
from deploy_ui.gateway.files import replace_if_changed
from deploy_ui.gateway.routes import Route, RouteState
from deploy_ui.gateway.virtual_host import state
from deploy_ui.settings import settings

FOLLOWS_S = 0.5
"""How long Envoy may take to read one file before the next is written all the same."""
LOOK_EVERY_S = 0.002
SERVING = re.compile(r'"slug": "([a-z0-9-]+)", "state": "serving"')
"""How the metadata of a route that lets requests through stands in the file, whose names are sorted."""


def write(routes: Sequence[Route]) -> bool:
    """Let the gateway serve exactly these routes; say whether that changed anything. Envoy follows within moments.

    Requests are taken from instances before those leave, and let to instances after those are there: so no request
    meets a route without instances where it could have been held.
    """
    now = settings()
    jwks = keys.public_jwks()
    files = envoy.documents(routes, jwks, now)
    steps = list(files.items())
    if all(_differs(now.gateway_dir / name, files[name]) for name in (places.CLUSTERS, places.ROUTES)):
        careful = _held_at_first(routes, _serving(now.gateway_dir / places.ROUTES))
        steps.insert(0, (places.ROUTES, envoy.documents(careful, jwks, now)[places.ROUTES]))
    written = ""
    for name, text in steps:
        if _differs(now.gateway_dir / name, text):
            _wait_for(written)
            replace_if_changed(now.gateway_dir / name, text)
            written = name
    return bool(written)


def _differs(path: Path, text: str) -> bool:
    return not path.exists() or path.read_text() != text


def _held_at_first(routes: Sequence[Route], serving: Collection[str]) -> list[Route]:
    """Return the routes, but hold requests where none were let through before: there, instances come only now."""
    return [route if route.slug in serving else _held(route) for route in routes]


def _held(route: Route) -> Route:
    return dataclasses.replace(route, state=RouteState.WAITING) if state(route) is RouteState.SERVING else route


def _serving(path: Path) -> set[str]:
    """Return the slugs whose requests are let through by the routes that were written before."""
    return set(SERVING.findall(path.read_text())) if path.exists() else set()


def _wait_for(name: str) -> None:
    """Wait until Envoy serves the file; not for long, and not at all if it does not run or nothing was written."""
    end = time.monotonic() + FOLLOWS_S
    while name and process.ready() and not process.applied(name) and time.monotonic() < end:
        time.sleep(LOOK_EVERY_S)
