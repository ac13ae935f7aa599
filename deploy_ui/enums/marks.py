"""Closed word lists of marks on charts."""

from enum import StrEnum


class MarkKind(StrEnum):
    """What a mark tells of."""

    REVISION = "revision"
    """Another revision was wanted."""
    SCALED = "scaled"
    CRASH = "crash"
    WOKEN = "woken"
