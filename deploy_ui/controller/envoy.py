"""The gateway as the controller knows it."""

from collections.abc import Mapping, Sequence

from deploy_ui.gateway import gate, load, process, writer
from deploy_ui.gateway.activator import client
from deploy_ui.gateway.gate import Shut
from deploy_ui.gateway.load import Load
from deploy_ui.gateway.routes import Route


class Envoy:
    """Envoy, configured by files, and the activator beside it."""

    def write(self, routes: Sequence[Route]) -> bool:
        """Let it serve exactly these routes."""
        return writer.write(routes)

    def applied(self) -> bool:
        """Say whether it serves what was written last; False too when it cannot be asked."""
        return process.applied()

    def shut(self, slugs: Mapping[str, Shut]) -> bool:
        """Hold or refuse the requests of exactly these deployments; let those of all others through."""
        return gate.write(slugs)

    def held(self) -> Mapping[str, int]:
        """Return how many requests are held, by slug; nothing when it cannot be asked."""
        return client.held()

    def load(self) -> Mapping[str, Load]:
        """Return what each deployment's instances have to do, by slug; nothing when it cannot be asked."""
        return load.read()
