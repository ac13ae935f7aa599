"""Short identifiers that people read and type."""

import secrets

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""No letters that look like digits."""


def new_id(length: int) -> str:
    """Return random letters and digits. Six give 9e8 ids: the caller's unique column has the last word."""
    return spelled(secrets.randbelow(len(ALPHABET) ** length), length)


def spelled(number: int, length: int) -> str:
    """Return a number in these letters and digits, with as many of them as asked."""
    letters = []
    for _ in range(length):
        number, place = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[place])
    return "".join(reversed(letters))
