"""The activator's process: Envoy asks it whether held requests may go on, the controller how many there are."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from deploy_ui import hints, limits
from deploy_ui.gateway import places
from deploy_ui.gateway.activator.client import HELD
from deploy_ui.gateway.activator.hold import Hold
from deploy_ui.gateway.activator.waiting import Places
from deploy_ui.gateway.activator.watch import Watch
from deploy_ui.gateway.waking import CODE_HEADER, HOLD, PATIENCE_HEADER
from deploy_ui.settings import settings

TOPIC = "wake"
BACKLOG = 4096
"""A unix socket refuses at once whoever finds it full."""
KEPT_S = 60
"""How long an idle connection is kept; Envoy gives it up long before."""
LARGEST_HEADER_BYTES = 64 << 10
"""More than Envoy lets through, so that what a caller writes is refused by us and not by the parser."""
END_S = 1.0
"""How long what is said to Envoy at the end may take."""


def run() -> None:
    """Hold requests until SIGTERM or Ctrl-C, then send those away who wait."""
    limits.open_many_files()
    asyncio.run(_until_told(Hold(Watch(), Places(), lambda: hints.publish(TOPIC))))


async def _until_told(hold: Hold) -> None:
    told = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    async with asyncio.TaskGroup() as group, serving(hold):
        running = group.create_task(hold.run())
        await told.wait()
        running.cancel()


@asynccontextmanager
async def serving(hold: Hold) -> AsyncIterator[None]:
    """Listen until the block ends; whoever still waits then is sent away."""

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        return await _answer(hold, request)

    path = places.activator_socket(settings())
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    server = web.Server(
        answer,
        handler_cancellation=True,  # a caller that goes away waits no more
        access_log=None,
        keepalive_timeout=KEPT_S,
        max_field_size=LARGEST_HEADER_BYTES,
    )
    runner = web.ServerRunner(server, shutdown_timeout=END_S)
    await runner.setup()
    try:
        await web.UnixSite(runner, path, backlog=BACKLOG).start()
        path.chmod(0o600)
        yield
    finally:
        hold.end()
        await runner.cleanup()


async def _answer(hold: Hold, request: web.BaseRequest) -> web.StreamResponse:
    if request.path == HELD:
        return web.json_response(hold.held())
    if not request.path.startswith(HOLD):
        return web.Response(status=404)
    slug = request.path.removeprefix(HOLD)
    refusal = await hold.ask(slug, request.headers.get(PATIENCE_HEADER))
    if refusal is None:
        return web.Response()
    headers = {CODE_HEADER: refusal.code}
    if refusal.retry_after_s is not None:
        headers["retry-after"] = str(refusal.retry_after_s)
    return web.Response(status=refusal.status, text=refusal.body, headers=headers)
