"""Who may wait, how long, and what those are told who may not. Pure."""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from deploy_ui.gateway.answers import RETRY_AFTER_S, STATES, body
from deploy_ui.gateway.gate import Shut
from deploy_ui.gateway.routes import RouteState
from deploy_ui.gateway.waking import GONE, REFUSED, WRONG

MOST = 2000
MOST_OF_ONE = 1000
SECONDS = re.compile(r"[0-9]{1,9}(\.[0-9]{1,3})?")
HTTP_GONE = 410


@dataclass(frozen=True)
class Refusal:
    """Why a request does not go on, as it is said to Envoy."""

    status: int
    code: str
    reason: str = ""
    """A code, too: why the deployment does not serve."""
    retry_after_s: int | None = None

    @property
    def body(self) -> str:
        """Return what the caller is told."""
        return body(self.code, reason=self.reason)


def refusal(shut: Shut) -> Refusal:
    """Say no to a caller of a deployment that does not serve."""
    status, code = STATES[shut.state]
    if status == HTTP_GONE:
        return Refusal(GONE, code)
    return Refusal(REFUSED, code, shut.reason, RETRY_AFTER_S)


def too_many() -> Refusal:
    """Say no because the place for those who wait is full."""
    return Refusal(REFUSED, "too_many_waiting", retry_after_s=RETRY_AFTER_S)


def patience(shut: Shut, asked: str | None) -> float | Refusal:
    """Return for how many seconds a request may be held: the start timeout, or less if the caller wants so."""
    if asked is None:
        return shut.start_timeout_s
    if not SECONDS.fullmatch(asked):
        return Refusal(WRONG, "scale_up_timeout_wrong")
    return min(float(asked), shut.start_timeout_s)


def held(shut: Shut | None) -> bool:
    """Say whether requests wait: neither go on nor are refused."""
    return shut is not None and shut.state is RouteState.WAITING


class Places:
    """The places for those who wait."""

    def __init__(self, most: int = MOST, most_of_one: int = MOST_OF_ONE) -> None:
        self._most = most
        self._most_of_one = most_of_one
        self._taken: Counter[str] = Counter()

    def free(self, slug: str) -> bool:
        """Say whether one more may wait for this deployment."""
        return self._taken.total() < self._most and self._taken[slug] < self._most_of_one

    @contextmanager
    def one(self, slug: str) -> Iterator[None]:
        """Take a place until the block ends."""
        self._taken[slug] += 1
        try:
            yield
        finally:
            self._taken[slug] -= 1
            self._taken += Counter()  # forgets those for whom nobody waits

    def taken(self) -> dict[str, int]:
        """Return how many wait, by deployment; those for whom nobody waits are left out."""
        return dict(self._taken)
