"""A file that comes with a test request, wherever it lies meanwhile."""

from typing import Protocol


class Readable(Protocol):
    """What is needed of a file."""

    def read(self, size: int, /) -> bytes:
        """Return the next bytes; none at the end."""

    def seek(self, offset: int, whence: int = 0, /) -> int | None:
        """Go to a place."""

    def tell(self) -> int:
        """Return the place."""
