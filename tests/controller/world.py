"""A controller whose runtime, probes and clock are the test's, on a real database."""

import time
from datetime import datetime, timedelta

from deploy_ui import clock
from deploy_ui.controller.observe import Health
from deploy_ui.controller.sweep import Found, Sweep
from deploy_ui.enums import InstanceStatus
from deploy_ui.gateway.routes import Route
from deploy_ui.services import fleet
from deploy_ui.services.fleet import Member, Record
from tests.fakes import FakeGateway, FakeProber, FakeRuntime

GOOD = Health(ready=True)


class World:
    """Everything around a sweep."""

    def __init__(self) -> None:
        self.prober = FakeProber()
        self.gateway = FakeGateway()
        self.ahead = timedelta()
        """How much later it is than it really is."""
        self.step = timedelta()
        """How far the machine's clock was set forward."""
        self.runtime = FakeRuntime(self._now)
        self.restart()

    def restart(self) -> None:
        """Let a new controller take over: it knows only what the database and the runtime tell."""
        self.sweep = Sweep(self.runtime, self.runtime, self.prober, self.gateway, self._now, timer=self._timer)

    def look(self, *, fresh: bool = True, held: bool = False) -> Found:
        return self.sweep.run(fresh=fresh, held=held)

    def settle(self) -> None:
        """Look until nothing changes; every running instance answers, and gateways are quick to leave."""
        for _ in range(30):
            self.prober.answers |= dict.fromkeys(self.runtime.instances, GOOD)
            found = self.look()
            self.ahead += timedelta(seconds=0.3)
            if not found.changed and not found.moving:
                return
        raise AssertionError("never at rest")

    @property
    def routes(self) -> list[Route]:
        return self.gateway.written[-1]

    @property
    def started(self) -> list[str]:
        return [key for verb, key in self.runtime.calls if verb == "start"]

    @property
    def stopped(self) -> list[str]:
        return [key for verb, key in self.runtime.calls if verb == "stop"]

    def _now(self) -> datetime:
        return clock.now() + self.ahead + self.step

    def _timer(self) -> float:
        return time.monotonic() + self.ahead.total_seconds()


def member(slug: str) -> Member:
    return next(each for each in fleet.members() if each.slug == slug)


def records(slug: str, *statuses: InstanceStatus) -> list[Record]:
    return [each for each in member(slug).records if not statuses or each.status in statuses]
