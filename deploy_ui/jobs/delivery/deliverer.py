"""Delivers calls: one loop that keeps hundreds of attempts in flight, and asks the database for the next ones.

A turn writes what has ended and claims what is next, in one transaction; while it runs, more attempts end, and the next
turn takes them all. So the busier it is the more a turn does, and nobody ever waits for a full batch.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar, TypeVarTuple

from deploy_ui import clock, hints, queue
from deploy_ui.enums import CallReason
from deploy_ui.jobs.delivery.callbacks import Callbacks
from deploy_ui.jobs.delivery.ears import listening
from deploy_ui.jobs.delivery.sender import Sender
from deploy_ui.jobs.delivery.unready import Unready
from deploy_ui.services.calls import callbacks, deliverers, turns
from deploy_ui.services.calls.attempts import Answer, Claim, Failure, Outcome, Refused
from deploy_ui.services.calls.deliverers import Watch
from deploy_ui.services.calls.turns import Asked, NotTaken, Turn

log = logging.getLogger(__name__)
T = TypeVar("T")
Given = TypeVarTuple("Given")


@dataclass(frozen=True)
class Pace:
    """How often and how long; all in seconds but the number."""

    most_in_flight: int = 1000
    most_claimed: int = 200
    """In one turn: so many are written at once."""
    look_s: float = 0.5
    beat_s: float = 1.0
    hint_s: float = 0.1
    """Between two hints about the calls of one deployment."""
    linger_s: float = 30.0
    """How long after the last thing to do it stays: who comes soon is served at once."""
    drain_s: float = 25.0
    """How long attempts may go on once it is told to end."""
    last_s: float = 20.0
    """How long it tries to write what is left before it ends."""
    rest_s: float = 1.0
    """After the database did not answer."""
    avoid_s: float = 1.0
    """How long an instance gets nothing that did not take what it was sent."""
    full_s: float = 1.0
    """How long it has been full before it asks for another deliverer."""


class Deliverer:
    """One that delivers. `run` returns when nothing was to do for a while, or a while after `stop`."""

    def __init__(self, pace: Pace | None = None) -> None:
        self._pace = pace or Pace()
        self._id = ""
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._claims: dict[int, Claim] = {}
        self._outcomes: list[Outcome] = []
        self._look = asyncio.Event()
        self._stopping = False
        self._unready = Unready()
        self._beat_at = self._busy_at = time.monotonic()
        self._changed: set[str] = set()
        self._hinted_at = 0.0
        self._watch = Watch()
        self._avoided: dict[str, float] = {}
        self._full_since: float | None = None
        self._asking = ThreadPoolExecutor(1, "turns")
        """Its own: no beat waits for the disk, which writes long answers in the threads of all."""

    def stop(self) -> None:
        """Claim no more, and end soon."""
        self._stopping = True
        self._look.set()

    @property
    def full(self) -> bool:
        """Say whether another deliverer would have had room for more than this one."""
        return self._full_since is not None

    async def run(self) -> None:
        """Deliver until there is nothing left to do, or until told to stop."""
        self._id = await self._ask(deliverers.begin, clock.now())
        try:
            async with Sender() as sender:
                while await self._work(sender):
                    pass
                await self._drain(sender)
        finally:
            await self._ask(deliverers.end, self._id)
            self._asking.shutdown(wait=False)

    async def _ask(self, question: Callable[[*Given], T], *given: *Given) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._asking, question, *given)

    async def _work(self, sender: Sender) -> bool:
        """Deliver as long as somebody may count on us; say whether there was more to do after that."""
        callbacks_ = Callbacks()
        await self._turn(sender)
        async with listening(lambda: self._hear(callbacks_)):
            telling = asyncio.create_task(callbacks_.run())
            try:
                while not self._stopping and not self._idle(callbacks_):
                    await self._wait()
                    await self._turn(sender)
            finally:
                await _end(telling)
        return not self._stopping and await self._ask(_anything)

    def _hear(self, callbacks_: Callbacks) -> None:
        self._look.set()
        callbacks_.look()

    def _idle(self, callbacks_: Callbacks) -> bool:
        if self._tasks or self._outcomes or callbacks_.busy():
            self._busy_at = time.monotonic()
        return time.monotonic() - self._busy_at > self._pace.linger_s

    async def _wait(self) -> None:
        if self._outcomes:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(self._pace.look_s):
                await self._look.wait()

    async def _turn(self, sender: Sender) -> None:
        """Take one turn; what could not be written is written in a later one."""
        self._look.clear()
        outcomes, self._outcomes = self._outcomes, []
        beat = time.monotonic() - self._beat_at >= self._pace.beat_s
        room = 0 if self._stopping else min(self._pace.most_in_flight - len(self._tasks), self._pace.most_claimed)
        now = clock.now()
        asked = self._asked(outcomes, room, now, beat=beat)
        try:
            turn = await self._ask(turns.turn, asked, now)
        except NotTaken as error:
            log.warning("nothing is delivered until the database answers: %s", error)
            self._outcomes = [*outcomes, *self._outcomes]
            await asyncio.sleep(self._pace.rest_s)
            return
        if turn.dead:
            await self._begin_anew(outcomes)
            return
        if beat:
            self._beat_at = time.monotonic()
        self._took(turn, outcomes, sender)

    def _asked(self, outcomes: Sequence[Outcome], room: int, now: datetime, *, beat: bool) -> Asked:
        self._avoided = {key: until for key, until in self._avoided.items() if until > time.monotonic()}
        return Asked(
            self._id,
            outcomes,
            room,
            in_all=self._pace.most_in_flight,
            held={number: claim.slug for number, claim in self._claims.items()},
            resting=frozenset(self._avoided),
            unready_s=self._unready.waited_s(now),
            beat=beat,
            watch=self._watch,
        )

    def _took(self, turn: Turn, outcomes: Sequence[Outcome], sender: Sender) -> None:
        self._unready.see(turn.unready)
        if turn.queued:
            self._busy_at = time.monotonic()
        for claim in turn.claims:
            self._claims[claim.number] = claim
            self._tasks[claim.number] = asyncio.create_task(self._attempt(sender, claim))
        if turn.more:
            self._look.set()
        self._be_full(full=turn.full or len(self._tasks) >= self._pace.most_in_flight)
        if turn.mine is not None:
            self._drop(set(self._tasks) - turn.mine)
        self._tell({each.claim.slug for each in outcomes} | {each.slug for each in turn.claims})

    def _be_full(self, *, full: bool) -> None:
        """Ask for another deliverer when this one has been full for a while."""
        now_s = time.monotonic()
        self._full_since = (self._full_since or now_s) if full else None
        if self._full_since is not None and now_s - self._full_since >= self._pace.full_s:
            self._full_since = now_s
            asyncio.get_running_loop().run_in_executor(None, queue.ask_for_another)

    async def _attempt(self, sender: Sender, claim: Claim) -> None:
        try:
            result = await sender.send(claim)
        except Exception as error:
            log.exception("an attempt of call %s broke", claim.id)
            result = Failure(CallReason.BROKE_OFF, message=type(error).__name__)
        self._ended(claim, result)

    def _ended(self, claim: Claim, result: Answer | Failure | Refused) -> None:
        if self._claims.get(claim.number) is claim:  # not one that was dropped, and claimed again meanwhile
            del self._claims[claim.number], self._tasks[claim.number]
        if isinstance(result, Refused) or (isinstance(result, Failure) and result.reason is CallReason.UNREACHABLE):
            self._avoided[claim.instance] = time.monotonic() + self._pace.avoid_s
        self._outcomes.append(Outcome(claim, clock.now(), result))
        self._look.set()

    def _drop(self, numbers: set[int]) -> None:
        """Give up attempts that are not ours any more: their calls were canceled, or somebody else has them."""
        for number in numbers:
            self._claims.pop(number, None)
            if task := self._tasks.pop(number, None):
                task.cancel()

    async def _begin_anew(self, outcomes: Sequence[Outcome]) -> None:
        """Begin under another id: others have given up what we did."""
        log.warning("was silent for too long: %s attempts are given up", len(self._tasks) + len(outcomes))
        self._drop(set(self._tasks))
        self._outcomes = []
        self._id = await self._ask(deliverers.begin, clock.now())
        self._beat_at = time.monotonic()

    def _tell(self, slugs: set[str]) -> None:
        self._changed |= slugs
        if self._changed and time.monotonic() - self._hinted_at >= self._pace.hint_s:
            topics = [f"calls:{slug}" for slug in sorted(self._changed)]
            self._changed, self._hinted_at = set(), time.monotonic()
            asyncio.get_running_loop().run_in_executor(None, hints.publish, *topics)

    async def _drain(self, sender: Sender) -> None:
        """Let attempts go on for a while, then give up what is left; all of it is written."""
        end = time.monotonic() + self._pace.drain_s
        while (self._tasks or self._outcomes) and time.monotonic() < end:
            await self._turn(sender)
            await self._wait()
        for task in (tasks := list(self._tasks.values())):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for claim in list(self._claims.values()):  # one that ended all the same is not among them
            self._ended(claim, Failure(CallReason.WORKER_STOPPED))
        end = time.monotonic() + self._pace.last_s
        while self._outcomes and time.monotonic() < end:
            await self._turn(sender)


async def _end(task: "asyncio.Task[None]") -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def _anything() -> bool:
    return turns.any_queued() or callbacks.any_due(clock.now())
