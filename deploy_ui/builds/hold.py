"""Who builds an image: a lock on its folder, which the kernel opens when the builder dies, however it dies."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from deploy_ui.settings import settings


@contextmanager
def hold(image_id: str) -> Iterator[None]:
    """Let everybody see that somebody works on the image. Several may: a try that was given up may still be at it."""
    number = _opened(image_id)
    try:
        if number is not None:
            fcntl.flock(number, fcntl.LOCK_SH)
        yield
    finally:
        if number is not None:
            os.close(number)


def held(image_id: str) -> bool | None:
    """Say whether anybody works on the image. None where that cannot be known: its folder is not here."""
    number = _opened(image_id)
    if number is None:
        return None
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(number)
    return False


def _opened(image_id: str) -> int | None:
    try:
        return os.open(settings().images_dir / image_id, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
