from pathlib import Path

import pytest
from pydantic import ValidationError

from deploy_ui.settings import LONGEST_SOCKET_PATH, Settings, settings


def test_every_setting_has_a_default_that_works(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("DEPLOY_UI_DATA_DIR")
    monkeypatch.chdir(tmp_path)
    made = settings()
    assert made.data_dir == tmp_path / "data"
    assert made.database == f"sqlite:///{tmp_path}/data/deploy-ui.db"
    assert (made.console, made.gateway) == ("http://127.0.0.1:3000", "http://127.0.0.1:8080")


def test_addresses_that_people_see_may_differ_from_those_listened_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEPLOY_UI_CONSOLE_URL", "https://deploy.example.org/")
    monkeypatch.setenv("DEPLOY_UI_GATEWAY_URL", "https://models.example.org")
    made = Settings()
    assert (made.console, made.gateway) == ("https://deploy.example.org", "https://models.example.org")


@pytest.mark.parametrize(
    ("host", "seen", "reached"),
    [
        ("127.0.0.1", "http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("0.0.0.0", "http://0.0.0.0:8080", "http://127.0.0.1:8080"),  # noqa: S104 -- nothing listens here
        ("::", "http://[::]:8080", "http://[::1]:8080"),
        ("10.1.2.3", "http://10.1.2.3:8080", "http://10.1.2.3:8080"),
    ],
)
def test_what_listens_everywhere_is_reached_on_loopback(host: str, seen: str, reached: str) -> None:
    made = Settings(gateway_host=host)
    assert (made.gateway, made.local_gateway) == (seen, reached)


def test_the_redis_socket_fits_into_the_kernels_limit_however_deep_the_data_folder_is() -> None:
    shallow, deep = Settings(data_dir=Path("/d")), Settings(data_dir=Path("/" + "deep/" * 50))
    assert shallow.redis_socket == Path("/d/run/redis.sock")
    assert len(str(deep.redis_socket)) <= LONGEST_SOCKET_PATH
    assert deep.redis_socket != Settings(data_dir=Path("/" + "deep/" * 51)).redis_socket


def test_networks_of_callbacks_are_blocks_with_commas_between() -> None:
    assert Settings().allowed_callback_networks == ()
    made = Settings(callback_networks="10.0.0.0/8, fd00::/8,192.0.2.7")
    assert list(map(str, made.allowed_callback_networks)) == ["10.0.0.0/8", "fd00::/8", "192.0.2.7/32"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("CONSOLE_PORT", "0"), ("WORKERS", "many"), ("RUNTIME", "magic")),
        *(("CALLBACK_NETWORKS", "10.0.0.0/33"), ("CALLBACK_NETWORKS", "10.0.0.0/8 fd00::/8")),
    ],
)
def test_a_wrong_setting_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"DEPLOY_UI_{name}", value)
    with pytest.raises(ValidationError, match=name.lower()):
        Settings()


def test_secrets_are_not_in_the_repr() -> None:
    secret = "hunter2hunter2"
    made = Settings(
        admin_password=secret, database_url=f"postgresql://a:{secret}@h/d", redis_url=f"redis://:{secret}@h"
    )
    assert secret not in repr(made)
    assert secret not in str(made)


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        settings().workers = 5


@pytest.mark.parametrize("server", ["smtp://mail.example.org", "smtps://user:pass%40word@mail.example.org:465", ""])
def test_a_mail_server_is_an_address_of_smtp(monkeypatch: pytest.MonkeyPatch, server: str) -> None:
    monkeypatch.setenv("DEPLOY_UI_SMTP_URL", server)
    assert Settings().smtp_url == server


@pytest.mark.parametrize("server", ["mail.example.org", "http://u:hush@host", "smtp://", "smtp://u:hu/sh@host:25"])
def test_a_wrong_mail_server_is_told_of_without_its_password(monkeypatch: pytest.MonkeyPatch, server: str) -> None:
    monkeypatch.setenv("DEPLOY_UI_SMTP_URL", server)
    with pytest.raises(ValidationError, match="smtp_url") as told:
        Settings()
    assert "hu" not in str(told.value)
