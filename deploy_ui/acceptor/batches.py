"""Accepts what comes at the same time in one transaction: the disk is waited for once, not once for each call."""

import asyncio
import logging
from collections import deque

from deploy_ui import ids
from deploy_ui.errors import AppError, Unavailable
from deploy_ui.services.calls import bodies, intake
from deploy_ui.services.calls.intake import Accepted, Request

MOST_IN_BATCH = 200
ANNOUNCE_RESTS_S = 0.02
"""However many are accepted meanwhile: who listens looks for all of them at once."""
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
        """Return when the call is committed. Raises AppError when it is not; then nothing of it is kept.

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
            results = [Unavailable("calls_unavailable") for _ in batch]
        for (request, answer), result in zip(batch, results, strict=True):
            if not isinstance(result, Accepted) or not result.is_new:
                bodies.remove(request.body.file)
            if not answer.done():
                answer.set_result(result)
        self._accepted += [each for each in results if isinstance(each, Accepted)]
        self._news.set()

    async def _announce(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            news, self._accepted = self._accepted, []
            await asyncio.to_thread(intake.announce, news)
            await asyncio.sleep(ANNOUNCE_RESTS_S)
