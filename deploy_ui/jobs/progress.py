"""What a builder reports to while it works: the row, the log, and whether to go on."""

import logging
import threading
import time
from typing import Self

from deploy_ui import clock
from deploy_ui.builds.log import LogWriter
from deploy_ui.enums import BuildStep
from deploy_ui.services import builds
from deploy_ui.services.builds import Claim

LOOK_EVERY_S = 0.5
BEAT_EVERY_S = 2.0

log = logging.getLogger(__name__)


class Reporter:
    """Implements `deploy_ui.builds.base.Progress`; while it is open, a thread renews the claim's heartbeat."""

    def __init__(self, claim: Claim, writer: LogWriter) -> None:
        self._claim = claim
        self._writer = writer
        self._over = threading.Event()
        self._unwanted = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="heartbeat", daemon=True)

    def __enter__(self) -> Self:
        """Begin to renew the heartbeat."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop renewing it."""
        self._over.set()
        self._thread.join()

    def begin(self, step: BuildStep) -> None:
        """Say that a step begins; the one before it ended well."""
        self._writer.say(f"== {step}")
        builds.begin_step(self._claim, step, clock.now())

    def say(self, line: str, stream: str = "platform") -> None:
        """Write one line to the build's log."""
        self._writer.say(line, stream)

    def canceled(self) -> bool:
        """Say whether to stop: a person canceled the build, or somebody else took it over."""
        return self._unwanted.is_set()

    def _watch(self) -> None:
        beaten = time.monotonic()
        while not self._over.wait(LOOK_EVERY_S):
            try:
                if not builds.wanted(self._claim):
                    self._unwanted.set()
                if time.monotonic() - beaten >= BEAT_EVERY_S:
                    builds.beat(self._claim, clock.now())
                    beaten = time.monotonic()
            except Exception:  # whatever the database's trouble is, the next beat may succeed
                log.exception("heartbeat of %s not written", self._claim.image_id)
