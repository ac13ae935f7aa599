"""Keys that open a deployment at the gateway: `dk_` and a JWT (ES256) that Envoy checks with the public key alone.

No secret is stored: neither the database nor Envoy's files could give a key away. Which keys are alive is said by the
routes' grants; a `console` key needs no grant, because it is ours and must expire.
"""

import functools
import hashlib
import json
from datetime import datetime
from typing import Literal

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from jwt.algorithms import ECAlgorithm
from jwt.utils import base64url_encode

from deploy_ui.settings import settings
from deploy_ui.vault import secret_file

PREFIX = "dk_"
ISSUER = "deploy-ui"
ALGORITHM = "ES256"

Kind = Literal["key", "console"]


def sign(*, key_id: str, slug: str, now: datetime, expires_at: datetime | None, kind: Kind = "key") -> str:
    """Return the secret that opens deployment `slug`; `key_id` is what grants name.

    Expiry is part of the secret. A `console` key opens its deployment without being granted, so it must expire.
    """
    if kind == "console" and expires_at is None:
        raise ValueError(kind)
    claims: dict[str, object] = {
        "iss": ISSUER,
        "sub": slug,
        "jti": key_id,
        "kind": kind,
        "iat": int(now.timestamp()),
    }
    if expires_at is not None:
        claims["exp"] = int(expires_at.timestamp())
    key = _private_key(_pem())
    return PREFIX + jwt.encode(claims, key, algorithm=ALGORITHM, headers={"kid": _public_jwk(key)["kid"]})


def public_jwks() -> str:
    """Return the key set that checks signatures, as JSON; nothing in it is secret and it is always the same text."""
    return json.dumps({"keys": [_public_jwk(_private_key(_pem()))]}, sort_keys=True)


def _pem() -> bytes:
    """Read the signing key; it is made at the first use."""
    return secret_file(settings().keys_dir / "signing.pem", _new_pem)


def _new_pem() -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@functools.lru_cache(maxsize=8)
def _private_key(pem: bytes) -> ec.EllipticCurvePrivateKey:
    key = load_pem_private_key(pem, password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError(type(key))
    return key


def _public_jwk(key: ec.EllipticCurvePrivateKey) -> dict[str, str]:
    """Return the public half, named by its thumbprint (RFC 7638)."""
    jwk: dict[str, str] = ECAlgorithm.to_jwk(key.public_key(), as_dict=True)
    required = {name: jwk[name] for name in ("crv", "kty", "x", "y")}
    canonical = json.dumps(required, sort_keys=True, separators=(",", ":"))
    kid = base64url_encode(hashlib.sha256(canonical.encode()).digest()).decode()
    return required | {"alg": ALGORITHM, "kid": kid, "use": "sig"}
