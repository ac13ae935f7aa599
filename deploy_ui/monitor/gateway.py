"""What the gateway counted: answers by revision and status, how long they took, bytes, and what is under way."""

from deploy_ui.monitor.look import Look


class GatewayCollector:
    """Remembers Envoy's counters, to tell what they grew by."""

    def collect(self, look: Look) -> None:
        """Add what happened since the last look."""
