"""Lets what is read more than once count once."""

from collections.abc import Hashable, Iterable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)


class Once(Generic[Key]):
    """Remembers what the last reading found.

    Each reading begins a while before the last one's end, because others may commit late what they noted in time.
    """

    def __init__(self) -> None:
        self._seen: set[Key] = set()

    def fresh(self, found: Iterable[Key]) -> set[Key]:
        """Return what the last reading did not find."""
        last, self._seen = self._seen, set(found)
        return self._seen - last
