"""Sealing of what must not lie in the database in clear: values of environment variables. And secrets made of the key.

Fernet (AES-128-CBC with HMAC-SHA256, from `cryptography`); the key lies in the data folder, mode 0600.
"""

import hmac
import json
import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from deploy_ui.settings import settings


def seal(values: dict[str, str]) -> str:
    """Return the values as one sealed text; no values give an empty text."""
    return _box().encrypt(json.dumps(values).encode()).decode() if values else ""


def unseal(sealed: str) -> dict[str, str]:
    """Return what was sealed. Raises `cryptography.fernet.InvalidToken` if the key is another."""
    values: dict[str, str] = json.loads(_box().decrypt(sealed.encode())) if sealed else {}
    return values


def unseal_if_readable(sealed: str) -> dict[str, str] | None:
    """Return what was sealed, or None when it was sealed with a key that is gone."""
    try:
        return unseal(sealed)
    except InvalidToken:
        return None


def derived(purpose: str, *names: str | int) -> bytes:
    """Return 32 secret bytes that are the same whenever purpose and names are, and tell nothing of others."""
    message = json.dumps([purpose, *names]).encode()  # no two lists give the same text
    return hmac.digest(_key(), message, "sha256")


def _box() -> Fernet:
    return Fernet(_key())


def _key() -> bytes:
    return secret_file(settings().keys_dir / "seal.key", Fernet.generate_key)


def secret_file(path: Path, make: Callable[[], bytes]) -> bytes:
    """Return the file's bytes; make it first, mode 0600, if it is not there. Safe when processes or threads race."""
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # mode 0600
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(make())
            with suppress(FileExistsError):
                os.link(draft, path)  # unlike a rename, a link never replaces the winner's file
        finally:
            Path(draft).unlink()
    return path.read_bytes()
