"""Be supervisord: `python -m deploy_ui.launch.keeper CONFIGURATION`. Imports little, since it stays in memory."""

import os
import sys

from supervisor import supervisord

from deploy_ui.launch import lifeline

NAME = "supervisor"


def run(configuration: str) -> None:
    """Keep the parts running until SIGTERM, or until the process that started it ends."""
    folder = os.environ.get(lifeline.SUPERVISED)
    lifeline.attach(NAME)
    if folder is not None:
        os.environ[lifeline.SUPERVISED] = folder  # the parts attach to this process in turn
    supervisord.main(["-c", configuration])


if __name__ == "__main__":
    run(sys.argv[1])
