"""Jobs of plain RQ, which imports their module anew for each job: one that costs next to nothing."""

import os
import time

from redis import Redis


def nothing() -> None:
    """Do nothing."""


def mark() -> None:
    """Write down when this runs."""
    Redis(unix_socket_path=os.environ["BENCH_REDIS"]).rpush("marks", time.time())
