"""Accepts what comes at the same time in one transaction: the disk is waited for once, not once for each call."""

import asyncio
import logging
from collections import deque
from collections.abc import Sequence

from deploy_ui import ids
from deploy_ui.errors import AppError, Unavailable
from deploy_ui.services.calls import bodies, intake
from deploy_ui.services.calls.intake import Accepted, Request

MOST_IN_BATCH = 200
ANNOUNCE_RESTS_S = 0.02
"""However many are accepted meanwhile: who listens looks for all of them at once."""
UNKNOWN = "calls_unavailable"
"""The database broke off: what it was asked may have been done."""
Answer = asyncio.Future[Accepted | AppError]

log = logging.getLogger(__name__)


class Batches:
    """Requests on their way to the database. `run` it beside whatever asks."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[Request, Answer]] = deque()
        self._more = asyncio.Event()
        self._accepted: list[Accepted] = []
        self._news = asyncio.Event()

    async def accept(self, request: Request) -> Accepted:
        """Return when the call is committed. Raises AppError when it is not, or when nobody knows: `calls_unavailable`.

        Whoever is canceled meanwhile may have had it accepted all the same.
        """
        answer: Answer = asyncio.get_running_loop().create_future()
        self._waiting.append((request, answer))
        self._more.set()
        result = await answer
        if isinstance(result, AppError):
            raise result
        return result

    async def run(self) -> None:
        """Accept and announce for ever."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._accept())
            group.create_task(self._announce())

    async def _accept(self) -> None:
        while True:
            await self._more.wait()
            self._more.clear()
            while self._waiting:
                batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), MOST_IN_BATCH))]
                await self._write(batch)

    async def _write(self, batch: list[tuple[Request, Answer]]) -> None:
        requests = [request for request, _ in batch]
        try:
            results = await asyncio.to_thread(intake.accept, requests)
        except Exception:
            log.exception("%s calls could not be accepted, error %s", len(batch), ids.new_id(8))
            results = [Unavailable(UNKNOWN) for _ in batch]
        for (_, answer), result in zip(batch, results, strict=True):
            if not answer.done():
                answer.set_result(result)
        self._accepted += [each for each in results if isinstance(each, Accepted)]
        self._news.set()
        _remove_needless(requests, results)

    async def _announce(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            news, self._accepted = self._accepted, []
            try:
                await asyncio.to_thread(intake.announce, news)
            except Exception:
                log.exception("accepted calls could not be announced, error %s", ids.new_id(8))
            await asyncio.sleep(ANNOUNCE_RESTS_S)


def _remove_needless(requests: Sequence[Request], results: Sequence[Accepted | AppError]) -> None:
    """Remove the bodies of what was surely not accepted. Where nobody knows they stay: the call may be there."""
    for request, result in zip(requests, results, strict=True):
        refused = isinstance(result, AppError) and result.code != UNKNOWN
        if refused or (isinstance(result, Accepted) and not result.is_new):
            try:
                bodies.remove(request.body.file)
            except OSError as error:
                log.warning("a body that nobody needs stays for now: %s", error)
