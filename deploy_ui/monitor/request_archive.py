"""Keeps requests in their store, whatever becomes of its file."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from deploy_ui.metrics import requests
from deploy_ui.metrics.request_rows import Request
from deploy_ui.metrics.requests import Writer
from deploy_ui.monitor.safe import Safe


class RequestArchive:
    """The one writer of the request log. What cannot be written is lost and told of; nothing is raised."""

    def __init__(self, folder: Path, days: int) -> None:
        self.file = Safe(folder / requests.FILE, lambda: Writer(folder), days=days, what="the request log")

    def keep(self, batch: Sequence[Request], now: datetime) -> None:
        """Write requests down."""
        self.file.write(lambda writer: writer.write(batch), now)

    def forget(self, now: datetime) -> None:
        """Drop what is too old."""
        self.file.forget(now)

    def close(self) -> None:
        """Let go of the file."""
        self.file.close()
