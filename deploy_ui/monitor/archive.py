"""Keeps looks in the store, whatever becomes of its file."""

from pathlib import Path

from deploy_ui.metrics import store
from deploy_ui.metrics.store import SHORTEST_S, Writer
from deploy_ui.monitor.look import Look
from deploy_ui.monitor.safe import Safe


class Archive:
    """The one writer of what was measured. What cannot be written is lost and told of; nothing is raised."""

    def __init__(self, folder: Path, days: int) -> None:
        self.file = Safe(folder / store.FILE, lambda: Writer(folder), days=days, what="what is measured")

    def keep(self, look: Look) -> None:
        """Write a look down, under the stretch that it covers: looks come a little late, or early."""
        ended = round(look.until.timestamp() / SHORTEST_S) * SHORTEST_S
        self.file.write(lambda writer: writer.write(ended - SHORTEST_S, look.samples, look.notes), look.until)
        self.file.forget(look.until)

    def close(self) -> None:
        """Let go of the file."""
        self.file.close()
