"""Be supervisord: `python -m deploy_ui.launch.keeper CONFIGURATION`. Imports little, since it stays in memory."""

import os
import sys

from supervisor import supervisord
from supervisor.medusa.asyncore_25 import ExitNow
from supervisor.options import ServerOptions

from deploy_ui.launch import lifeline

NAME = "supervisor"


def run(configuration: str) -> None:
    """Keep the parts running until SIGTERM, or until the process that started it ends."""
    folder = os.environ.get(lifeline.SUPERVISED)
    lifeline.attach(NAME)
    if folder is not None:
        os.environ[lifeline.SUPERVISED] = folder  # the parts attach to this process in turn
    options = ServerOptions()
    options.realize(["-c", configuration])
    options.first, options.test = True, False
    try:
        Prompt(options).main()
    except ExitNow:
        options.close_httpservers()
        options.close_logger()


class Prompt(supervisord.Supervisor):  # type: ignore[misc]
    """Starts a part again as soon as its end is known; by itself it would first wait a second for something else."""

    def reap(self, once: bool = False, recursionguard: int = 0) -> None:  # noqa: FBT001, FBT002 -- as it is there
        """Take note of every process that has ended, and act on it."""
        super().reap(once, recursionguard)
        for group in self.process_groups.values():
            group.transition()


if __name__ == "__main__":
    run(sys.argv[1])
