"""The gateway as the controller knows it."""

from collections.abc import Sequence

from deploy_ui.gateway import process, writer
from deploy_ui.gateway.routes import Route


class Envoy:
    """Envoy, configured by files."""

    def write(self, routes: Sequence[Route]) -> bool:
        """Let it serve exactly these routes."""
        return writer.write(routes)

    def applied(self) -> bool:
        """Say whether it serves what was written last; False too when it cannot be asked."""
        return process.applied()
