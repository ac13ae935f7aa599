"""Builds an image."""

import logging
from contextlib import closing

from rq.timeouts import BaseTimeoutException

from deploy_ui import clock, ids
from deploy_ui.builds import uv
from deploy_ui.builds.base import BuildCanceled, Builder, BuildFailed
from deploy_ui.builds.hold import hold
from deploy_ui.builds.log import LogWriter
from deploy_ui.jobs.progress import Reporter
from deploy_ui.services import builds
from deploy_ui.services.builds import Claim

BUILDER: Builder = uv.build

log = logging.getLogger(__name__)


def build(image_id: str) -> None:
    """Build the image if it waits for that; a second call for the same image does nothing."""
    with hold(image_id):  # before it counts as being built, so that nobody ever finds it without us
        claim = builds.claim(image_id, clock.now())
        if claim is not None:
            with closing(LogWriter(image_id)) as writer:
                _build(claim, writer)


def _build(claim: Claim, writer: LogWriter) -> None:
    writer.say(f"Attempt {claim.attempt}.")
    try:
        with Reporter(claim, writer) as progress:
            built = BUILDER(claim.spec, progress)
    except BuildCanceled:
        writer.say("Canceled.")
        builds.canceled(claim, clock.now())
    except BuildFailed as failure:
        writer.say(f"Failed: {failure.code}.")
        builds.fail(claim, failure.code, failure.facts, clock.now())
    except BaseTimeoutException:
        writer.say("Failed: the build took too long.")
        builds.fail(claim, "build_timed_out", {}, clock.now())
    except Exception:
        number = ids.new_id(8)
        log.exception("building %s broke, number %s", claim.image_id, number)
        writer.say(f"Failed on our side; number {number}.")
        builds.fail(claim, "build_broke", {"id": number}, clock.now())
    else:
        writer.say(f"Ready: {built.size_bytes / 1024**2:.1f} MiB.")
        builds.finish(claim, built, clock.now())
