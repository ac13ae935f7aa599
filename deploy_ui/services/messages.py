"""The machine's own words, as any database takes them."""

from deploy_ui.services.paging import plain

LONGEST = 4000


def storable(message: str) -> str:
    """Return the words without what no database stores, and not longer than a row should be."""
    return plain(message)[:LONGEST]
