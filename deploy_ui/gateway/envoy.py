"""Envoy's configuration as text: routes in, files out. The same routes always give the same bytes."""

import hashlib
import json
import re
from collections.abc import Sequence
from pathlib import Path

from deploy_ui.gateway import places
from deploy_ui.gateway.clusters import cluster
from deploy_ui.gateway.listener import listener
from deploy_ui.gateway.protos import Message
from deploy_ui.gateway.routes import Route, RouteState
from deploy_ui.gateway.virtual_host import route_configuration
from deploy_ui.settings import Settings

VERSION_LENGTH = 16
VERSION = re.compile(r'{"version_info": "(\w+)"')
LONGEST_HEAD = 64


def documents(routes: Sequence[Route], jwks: str, settings: Settings) -> dict[str, str]:
    """Return the text of each file by its path in the gateway's folder, in the order in which to write them.

    Clusters come before the routes that lead to them.
    """
    ordered = sorted(routes, key=lambda route: route.slug)
    alive = [route for route in ordered if route.state is not RouteState.DELETED]
    return {
        places.CLUSTERS: _resources([cluster(route) for route in alive]),
        places.ROUTES: _resources([route_configuration(ordered)]),
        places.LISTENERS: _resources([listener(jwks, settings)]),
    }


def version(path: Path) -> str:
    """Return the version of a file that was written before; it stands at the beginning, and the file may be long."""
    with path.open() as file:
        found = VERSION.match(file.read(LONGEST_HEAD))
    if found is None:
        raise ValueError(path)
    return found[1]


def _resources(resources: Sequence[Message]) -> str:
    """Return a file's text; its version is made of its content, so Envoy can say which content it has."""
    text = json.dumps(resources, sort_keys=True)
    version = hashlib.sha256(text.encode()).hexdigest()[:VERSION_LENGTH]
    return f'{{"version_info": "{version}", "resources": {text}}}\n'
