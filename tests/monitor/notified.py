"""Sends what is due while a test looks on."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from deploy_ui.monitor.notices import Notices
from deploy_ui.services.alerts import receivers
from deploy_ui.services.alerts.receivers import ReceiverRow
from deploy_ui.services.cards import DeploymentCard
from deploy_ui.services.viewer import Viewer


@contextmanager
def sending(**values: Any) -> Iterator[Notices]:
    """Send what is due for a while."""
    notices, stop = Notices(**values), threading.Event()
    thread = threading.Thread(target=notices.run, args=(stop,))
    thread.start()
    try:
        yield notices
    finally:
        stop.set()
        notices.look()
        thread.join()


def row(editor: Viewer, card: DeploymentCard) -> ReceiverRow:
    [found] = receivers.rows(editor, card.slug)
    return found
