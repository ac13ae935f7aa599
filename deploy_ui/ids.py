"""Short identifiers that people read and type."""

import secrets

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""No letters that look like digits."""


def new_id(length: int) -> str:
    """Return random letters and digits. Six give 9e8 ids: the caller's unique column has the last word."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))
