"""Delivers asynchronous calls: one job that drains what is due, many in flight, and stays a while for more."""

import asyncio
import signal

from deploy_ui.jobs.delivery.deliverer import Deliverer


def deliver() -> None:
    """Deliver whatever is due, of all deployments, until nothing was for a while; SIGTERM ends it sooner."""
    asyncio.run(_deliver())


async def _deliver() -> None:
    deliverer = Deliverer()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, deliverer.stop)
    await deliverer.run()
