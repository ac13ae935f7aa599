"""The product's settings: `DEPLOY_UI_*` environment variables, each with a default that works."""

import functools
import hashlib
import ipaddress
import re
import tempfile
from email.errors import MessageError
from email.headerregistry import Address
from email.utils import parseaddr
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

LONGEST_SOCKET_PATH = 100
"""Unix socket paths end at 107 bytes on Linux; some room is left for suffixes."""
SESSION_COOKIE = "deploy_ui_session"
"""The console's cookie. Browsers send it to every port of a host, so the gateway keeps it from instances."""
SITE = re.compile(r"https?://[^\s/?#;,'\"\\]+(?:/[^\s?#;,'\"\\]*)?")
"""An address with a path at most: it goes into the content security policy, and others are made of it."""
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
REACHED_AT = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104 -- what is listened on, and where it is reached


class Settings(BaseSettings):
    """One immutable set of settings. Field `x` is read from `DEPLOY_UI_X`."""

    model_config = SettingsConfigDict(env_prefix="DEPLOY_UI_", frozen=True, hide_input_in_errors=True)

    data_dir: Path = Path("data")
    """Everything the product keeps: database, images, logs, keys."""
    database_url: str = Field(default="", repr=False)
    """Empty: SQLite in the data folder. PostgreSQL: `postgresql+psycopg://…`."""
    redis_url: str = Field(default="", repr=False)
    """Empty: an embedded Redis is started on a unix socket."""
    console_host: str = "127.0.0.1"
    console_port: int = Field(default=3000, ge=1, le=65535)
    gateway_host: str = "127.0.0.1"
    gateway_port: int = Field(default=8080, ge=1, le=65535)
    console_url: str = ""
    """What people see; empty: made from host and port."""
    gateway_url: str = ""
    """What callers see; empty: made from host and port."""
    runtime: Literal["process"] = "process"
    admin_email: str = ""
    admin_password: str = Field(default="", repr=False)
    """With `admin_email`: creates the first admin. Otherwise the first start prints a one-time link."""
    workers: int = Field(default=1, ge=1, le=64)
    session_days: int = Field(default=7, ge=1)
    log_days: int = Field(default=3, ge=1)
    max_upload_mb: int = Field(default=2048, ge=1)
    """Largest upload of one image, unpacked too."""
    max_body_mb: int = Field(default=100, ge=1)
    """Largest request body that the gateway takes."""
    max_call_body_mb: int = Field(default=100, ge=1)
    """Largest body of an asynchronous call, and of the answer to one."""
    max_queued_calls: int = Field(default=100_000, ge=1)
    """Calls of one deployment that may wait at once."""
    call_days: int = Field(default=3, ge=1)
    """How long calls are kept after they ended, with request and answer."""
    call_workers: int = Field(default=1, ge=1, le=64)
    """Processes that deliver calls; each keeps hundreds in flight."""
    metrics_days: int = Field(default=3, ge=1, le=90)
    """How long charts and the request log are kept."""
    metrics: Literal["off", "token", "open"] = "off"
    """Who may read `/metrics`: nobody, whoever sends `metrics_token`, anybody."""
    metrics_token: str = Field(default="", repr=False, validate_default=True)
    prometheus_url: str = Field(default="", repr=False)
    """Where a Prometheus that scrapes `/metrics` answers; the charts are read from it. Empty: from the own store."""
    grafana_url: str = ""
    """Where people's browsers reach a Grafana with our dashboards; empty: there is none."""
    smtp_url: str = Field(default="", repr=False)
    """`smtp://user:password@host:587` (STARTTLS where it is offered) or `smtps://…`; empty: no alerts by e-mail."""
    smtp_from: str = ""
    """The sender of e-mails."""
    callback_networks: str = ""
    """Private networks that callbacks may go to, as CIDR blocks with commas between; public addresses always may."""

    @field_validator("data_dir")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @field_validator("callback_networks")
    @classmethod
    def _blocks(cls, value: str) -> str:
        networks(value)  # raises what pydantic tells as a wrong setting
        return value

    @field_validator("metrics_token")
    @classmethod
    def _named(cls, value: str, info: ValidationInfo) -> str:
        if info.data.get("metrics") == "token" and not value.strip():
            raise ValueError("DEPLOY_UI_METRICS=token needs a token: set one here, or choose open or off")
        return value.strip()

    @field_validator("prometheus_url", "grafana_url")
    @classmethod
    def _site(cls, value: str) -> str:
        if value and not SITE.fullmatch(value):
            raise ValueError("must be an address like http://127.0.0.1:9090, of http or https")
        return value.rstrip("/")

    @field_validator("grafana_url")
    @classmethod
    def _without_password(cls, value: str) -> str:
        if "@" in urlsplit(value).netloc:
            raise ValueError("must hold no name and no password: every browser is told it")
        return value

    @field_validator("smtp_from")
    @classmethod
    def _sender(cls, value: str) -> str:
        if value and not mailbox(value).domain:
            raise ValueError("must be an address like deploy-ui@example.com, or Name <deploy-ui@example.com>")
        return value

    @field_validator("smtp_url")
    @classmethod
    def _mail_server(cls, value: str) -> str:
        if value and not _is_mail_server(value):
            message = "smtp://user:password@host:587 or smtps://… is expected"
            raise ValueError(message)
        return value

    @property
    def allowed_callback_networks(self) -> tuple[Network, ...]:
        """The private networks that callbacks may go to."""
        return networks(self.callback_networks)

    @property
    def database(self) -> str:
        """The SQLAlchemy address of the database."""
        return self.database_url or f"sqlite:///{self.data_dir / 'deploy-ui.db'}"

    def socket(self, name: str) -> Path:
        """Return where a unix socket lies: in the data folder unless that path is too long for a socket."""
        path = self.run_dir / name
        if len(str(path)) <= LONGEST_SOCKET_PATH:
            return path
        folder = hashlib.sha256(str(self.data_dir).encode()).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"deploy-ui-{folder}" / name

    @property
    def redis_socket(self) -> Path:
        """Where the embedded Redis listens."""
        return self.socket("redis.sock")

    @property
    def notify_socket(self) -> Path:
        """Where instances say how far they are."""
        return self.socket("notify.sock")

    @property
    def redis(self) -> str:
        """The address of Redis, embedded or not."""
        return self.redis_url or f"unix://{self.redis_socket}"

    @property
    def console(self) -> str:
        """The console's address as people type it, without a slash at the end."""
        return (self.console_url or _url(self.console_host, self.console_port)).rstrip("/")

    @property
    def gateway(self) -> str:
        """The gateway's address as callers type it, without a slash at the end."""
        return (self.gateway_url or _url(self.gateway_host, self.gateway_port)).rstrip("/")

    @property
    def local_console(self) -> str:
        """Where processes of this machine reach the console, whatever people see."""
        return _url(REACHED_AT.get(self.console_host, self.console_host), self.console_port)

    @property
    def local_gateway(self) -> str:
        """Where processes of this machine reach the gateway, whatever callers see."""
        return _url(REACHED_AT.get(self.gateway_host, self.gateway_host), self.gateway_port)

    @property
    def images_dir(self) -> Path:
        """One folder an image: `{id}/src` holds its files."""
        return self.data_dir / "images"

    @property
    def environments_dir(self) -> Path:
        """Built Python environments, shared by images of identical requirements."""
        return self.data_dir / "environments"

    @property
    def instances_dir(self) -> Path:
        """One folder an instance: its working files and what its keeper reports."""
        return self.data_dir / "instances"

    @property
    def build_logs_dir(self) -> Path:
        """One file a build: `{image id}.log`."""
        return self.data_dir / "logs" / "builds"

    @property
    def instance_logs_dir(self) -> Path:
        """One folder an instance; outlives the instance's own folder."""
        return self.data_dir / "logs" / "instances"

    @property
    def calls_dir(self) -> Path:
        """Bodies of asynchronous calls and of their answers, as far as they are long."""
        return self.data_dir / "calls"

    @property
    def readmes_dir(self) -> Path:
        """One folder a README: the pictures that it shows."""
        return self.data_dir / "readmes"

    @property
    def part_logs_dir(self) -> Path:
        """Output of the product's own processes."""
        return self.data_dir / "logs" / "parts"

    @property
    def gateway_dir(self) -> Path:
        """What Envoy reads and writes."""
        return self.data_dir / "gateway"

    @property
    def keys_dir(self) -> Path:
        """Signing and sealing keys, readable by the owner only."""
        return self.data_dir / "keys"

    @property
    def metrics_dir(self) -> Path:
        """What was measured, and the request log."""
        return self.data_dir / "metrics"

    @property
    def run_dir(self) -> Path:
        """Sockets, pid and supervisor files of the running product."""
        return self.data_dir / "run"


def _is_mail_server(value: str) -> bool:
    try:
        server = urlsplit(value)
        return server.scheme in {"smtp", "smtps"} and bool(server.hostname) and server.port != 0
    except ValueError:
        return False


def _url(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def mailbox(text: str, name: str = "") -> Address:
    """Return `name <local@host>` or `local@host` as an address that a letter can bear. Raises ValueError for others."""
    shown, spec = parseaddr(text)
    try:
        return Address(shown or name, addr_spec=spec)
    except (IndexError, MessageError) as error:
        raise ValueError(str(error)) from error


@functools.cache
def networks(blocks: str) -> tuple[Network, ...]:
    """Return the networks of CIDR blocks with commas between. Raises ValueError, which names the wrong one."""
    return tuple(ipaddress.ip_network(each.strip(), strict=False) for each in blocks.split(",") if each.strip())


@functools.cache
def settings() -> Settings:
    """Read the environment once, at the first call. Tests clear it with `settings.cache_clear()`."""
    return Settings()
