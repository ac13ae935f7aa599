"""Tells the gateway what to serve and whose requests to hold, and remembers what it surely knows."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from deploy_ui.controller import routing
from deploy_ui.gateway.gate import Shut
from deploy_ui.gateway.routes import Route


class Gateway(Protocol):
    """Serves what it is told, and holds the requests of those that have no instance."""

    def write(self, routes: Sequence[Route]) -> bool:
        """Let it serve exactly these routes."""

    def applied(self) -> bool:
        """Say whether it serves what was written last; False too when it cannot be asked."""

    def shut(self, slugs: Mapping[str, Shut]) -> bool:
        """Hold or refuse the requests of exactly these deployments; let those of all others through."""


class Announcer:
    """Speaks to one gateway. A new one knows nothing of it, so all is told, and asked after, anew."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._routes: list[Route] | None = None
        self._shut: Mapping[str, Shut] | None = None
        self._reached: dict[str, frozenset[str]] = {}
        """Endpoints by slug that the gateway has, whichever of the files written since then it has read."""
        self._confirmed = False

    @property
    def confirmed(self) -> bool:
        """Whether the gateway was seen to serve what it was told last."""
        return self._confirmed

    def tell(self, routes: list[Route]) -> None:
        """Let the gateway serve exactly these routes; nothing is done if it does.

        The gate is shut before an instance is taken away, and opened once the gateway has one that is ready: at once
        if it was told of the instance before.
        """
        if routes != self._routes:
            self._reached = {
                each.slug: self._reached.get(each.slug, frozenset()).intersection(each.endpoints) for each in routes
            }
            self._set_gate(routes)
            self._gateway.write(routes)
            self._routes, self._confirmed = routes, False
        if not self._confirmed and self._gateway.applied():
            self._confirmed = True
            self._reached = {each.slug: frozenset(each.endpoints) for each in routes}
            self._set_gate(routes)

    def _set_gate(self, routes: Sequence[Route]) -> None:
        shut = routing.shut(routes, self._reached)
        if shut != self._shut:
            self._gateway.shut(shut)
            self._shut = shut
