"""Delivers asynchronous calls: one job that drains what is due, many in flight, and stays a while for more."""

import asyncio
import signal

from deploy_ui import clock, limits
from deploy_ui.jobs.delivery import callbacks
from deploy_ui.jobs.delivery.deliverer import Deliverer, Pace
from deploy_ui.services.calls import turns

PACE = Pace()


def warm_up() -> None:
    """Prepare what each job's process would otherwise do anew, so that the first call of many need not wait for it."""
    callbacks.warm_up()
    turns.warm_up(clock.now())


def deliver() -> None:
    """Deliver whatever is due, of all deployments, until nothing was for a while; SIGTERM ends it sooner."""
    limits.open_many_files()
    asyncio.run(_deliver())


async def _deliver() -> None:
    deliverer = Deliverer(PACE)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, deliverer.stop)
    await deliverer.run()
