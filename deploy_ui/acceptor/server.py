"""The acceptor's process: the gateway sends it asynchronous calls, and whatever callers ask about theirs."""

import asyncio
import logging
import re
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from deploy_ui import ids, limits
from deploy_ui.acceptor import answers
from deploy_ui.acceptor.batches import Batches
from deploy_ui.acceptor.reading import read
from deploy_ui.errors import AppError, Invalid, NotFound, Unavailable
from deploy_ui.gateway import places
from deploy_ui.gateway.calls import SLUG_HEADER
from deploy_ui.services.calls import changes, results
from deploy_ui.settings import settings

BACKLOG = 4096
"""A unix socket refuses at once whoever finds it full."""
KEPT_S = 60
"""How long an idle connection is kept; Envoy gives it up long before."""
LARGEST_HEADER_BYTES = 64 << 10
"""More than Envoy lets through."""
END_S = 5.0
"""How long what is being accepted at the end may take."""
CALL = re.compile(r"/-/calls/(?P<id>[^/?]+)(?P<verb>/result|/cancel)?(?:\?.*)?")
LOOKS = {"GET", "HEAD"}

log = logging.getLogger(__name__)


def run() -> None:
    """Accept until SIGTERM or Ctrl-C; what is being accepted then still is."""
    limits.open_many_files()
    asyncio.run(_until_told())


async def _until_told() -> None:
    told = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    async with serving() as writing:
        waiting = asyncio.create_task(told.wait())
        await asyncio.wait({waiting, writing}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        if writing.done():  # nothing is accepted any more: whoever keeps us starts another
            writing.result()


@asynccontextmanager
async def serving() -> AsyncIterator["asyncio.Task[None]"]:
    """Listen until the block ends; give the task that writes what is accepted: it must not end before."""
    batches = Batches()

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        return await _answer(batches, request)

    path = places.acceptor_socket(settings())
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    server = web.Server(
        answer,
        handler_cancellation=True,  # the body of a caller that goes away is not waited for
        access_log=None,
        auto_decompress=False,  # a body is the model's business
        keepalive_timeout=KEPT_S,
        max_field_size=LARGEST_HEADER_BYTES,
        max_line_size=LARGEST_HEADER_BYTES,
    )
    runner = web.ServerRunner(server, shutdown_timeout=END_S)
    await runner.setup()
    writing = asyncio.create_task(batches.run())
    try:
        await web.UnixSite(runner, path, backlog=BACKLOG).start()
        path.chmod(0o600)
        yield writing
    finally:
        await runner.cleanup()
        writing.cancel()
        await asyncio.gather(writing, return_exceptions=True)


async def _answer(batches: Batches, request: web.BaseRequest) -> web.StreamResponse:
    try:
        slug = request.headers.get(SLUG_HEADER, "")
        path = request.raw_path.removeprefix(f"/{slug}")
        path = path if path.startswith("/") else f"/{path}"
        if path.startswith("/-/"):
            return await _about(request, slug, path)
        return answers.accepted(await batches.accept(await read(request, path)))
    except AppError as error:
        return answers.failure(error)
    except (ConnectionError, asyncio.CancelledError):
        raise
    except (web.RequestPayloadError, TimeoutError):
        return answers.failure(Invalid("body_cut_off", field="body"))
    except Exception:
        log.exception("a request could not be answered, error %s", ids.new_id(8))
        return answers.failure(Unavailable("calls_unavailable"))


async def _about(request: web.BaseRequest, slug: str, path: str) -> web.StreamResponse:
    """Answer what is asked about one call."""
    found = CALL.fullmatch(path)
    if found is None:
        raise NotFound("not_found")
    call_id, verb = found["id"], found["verb"]
    if verb == "/cancel" and request.method == "POST":
        return answers.standing(await asyncio.to_thread(changes.cancel_by_caller, slug, call_id))
    if verb == "/result" and request.method in LOOKS:
        return await answers.result(request, await asyncio.to_thread(results.result, slug, call_id))
    if verb is None and request.method in LOOKS:
        return answers.standing(await asyncio.to_thread(results.status, slug, call_id))
    raise NotFound("not_found")
