"""Passwords: argon2id with the cost that OWASP advises."""

import functools

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from deploy_ui.errors import Invalid

SHORTEST = 8
LONGEST = 1000

HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def hashed(password: str, *, field: str = "password") -> str:
    """Return the hash of a new password, or raise Invalid for one that is too short or too long."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise Invalid("password_length", field=field, shortest=SHORTEST, longest=LONGEST)
    return HASHER.hash(_bytes(password))


def verify(password: str, password_hash: str | None) -> bool:
    """Say whether the password fits. Takes the same time when there is no hash to compare with."""
    try:
        HASHER.verify(password_hash or _nobodys_hash(), _bytes(password))
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def _bytes(password: str) -> bytes:
    return password[: LONGEST + 1].encode("utf-8", "surrogatepass")


@functools.cache
def _nobodys_hash() -> str:
    return HASHER.hash(b"nobody's password")
