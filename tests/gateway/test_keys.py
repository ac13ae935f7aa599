"""Signing: what a key says, and that its public half is enough to check it."""

import json
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jwt
import pytest
from jwt.types import Options

from deploy_ui.gateway import keys
from deploy_ui.settings import settings

NOW = datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)


pytestmark = pytest.mark.usefixtures("data_dir")


def claims(secret: str) -> dict[str, object]:
    key = jwt.PyJWK(json.loads(keys.public_jwks())["keys"][0])
    checks: Options = {"verify_exp": False, "verify_iat": False}
    token = secret.removeprefix("dk_")
    return jwt.decode(token, key, algorithms=["ES256"], issuer="deploy-ui", options=checks)


def test_a_key_says_what_it_opens_and_checks_against_the_public_half() -> None:
    secret = keys.sign(key_id="k1", slug="abc", now=NOW, expires_at=NOW + timedelta(hours=1))
    expected = {"iss": "deploy-ui", "sub": "abc", "jti": "k1", "kind": "key"}
    assert claims(secret) == expected | {"iat": NOW.timestamp(), "exp": NOW.timestamp() + 3600}


def test_a_key_without_an_end_has_no_expiry() -> None:
    assert "exp" not in claims(keys.sign(key_id="k1", slug="abc", now=NOW, expires_at=None))


def test_a_key_starts_with_its_prefix() -> None:
    assert keys.sign(key_id="k1", slug="abc", now=NOW, expires_at=None).startswith("dk_eyJ")


def test_a_console_key_must_expire() -> None:
    with pytest.raises(ValueError, match="console"):
        keys.sign(key_id="k1", slug="abc", now=NOW, expires_at=None, kind="console")


def test_the_public_half_stays_the_same() -> None:
    assert keys.public_jwks() == keys.public_jwks()


def test_the_public_half_holds_no_private_number() -> None:
    assert "d" not in json.loads(keys.public_jwks())["keys"][0]


def test_the_private_key_is_readable_by_its_owner_only(data_dir: Path) -> None:
    keys.public_jwks()
    assert stat.S_IMODE((data_dir / "keys" / "signing.pem").stat().st_mode) == 0o600


def test_another_data_folder_signs_with_another_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = keys.public_jwks()
    monkeypatch.setenv("DEPLOY_UI_DATA_DIR", str(tmp_path / "other"))
    settings.cache_clear()
    assert keys.public_jwks() != first
