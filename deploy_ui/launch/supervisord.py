"""Supervisor, the process keeper: its configuration as a value, and a client.

It starts a part that died again, after 1 s, then 2, 3 and so on if the part did not live for `SETTLED_S`. It never
gives up (`startretries`): a part whose database is away for an hour must come back when the database does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast
from xmlrpc.client import Fault, ServerProxy

from supervisor.xmlrpc import SupervisorTransport

from deploy_ui.launch.parts import Part
from deploy_ui.settings import Settings

SETTLED_S = 5
LOG_BYTES = 5 * 1024 * 1024
LOG_BACKUPS = 3
NEVER_GIVE_UP = 1_000_000


def document(parts: Sequence[Part], settings: Settings, folder: Path) -> str:
    """Return supervisord's configuration. Parts start when told to, not by themselves: their order matters."""
    sections: list[tuple[str, dict[str, object]]] = [
        ("unix_http_server", {"file": socket(settings), "chmod": "0600"}),
        (
            "supervisord",
            {
                "nodaemon": "true",
                "silent": "true",
                "logfile": settings.part_logs_dir / "supervisor.log",
                "logfile_maxbytes": LOG_BYTES,
                "logfile_backups": LOG_BACKUPS,
                "pidfile": settings.run_dir / "supervisord.number",
                "childlogdir": settings.part_logs_dir,
                "directory": folder,
            },
        ),
        (
            "rpcinterface:supervisor",
            {"supervisor.rpcinterface_factory": "supervisor.rpcinterface:make_main_rpcinterface"},
        ),
        *((f"program:{part.name}", _program(part, settings)) for part in parts),
    ]
    return "\n".join(_section(name, values) for name, values in sections)


def _program(part: Part, settings: Settings) -> dict[str, object]:
    return {
        "command": " ".join(f'"{word}"' for word in part.command),
        "autostart": "false",
        "autorestart": "true",
        "startsecs": SETTLED_S,
        "startretries": NEVER_GIVE_UP,
        "stopwaitsecs": part.grace_s,
        "killasgroup": "true",
        "redirect_stderr": "true",
        "stdout_logfile": log_file(part.name, settings),
        "stdout_logfile_maxbytes": LOG_BYTES,
        "stdout_logfile_backups": LOG_BACKUPS,
    }


def _section(name: str, values: dict[str, object]) -> str:
    lines = [f"{key}={str(value).replace('%', '%%')}" for key, value in values.items()]
    return "\n".join([f"[{name}]", *lines, ""])


def log_file(part: str, settings: Settings) -> Path:
    """Return where the output of one part goes."""
    return settings.part_logs_dir / f"{part}.log"


def socket(settings: Settings) -> Path:
    """Return where supervisord listens."""
    return settings.socket("up.sock")


@dataclass(frozen=True)
class Seen:
    """What supervisord knows of one part."""

    name: str
    pid: int
    """0 when it does not run."""


class Client:
    """Talks to supervisord over its socket. Raises `OSError` when it does not answer."""

    def __init__(self, settings: Settings) -> None:
        transport = SupervisorTransport(None, None, serverurl=f"unix://{socket(settings)}")
        self._rpc = ServerProxy("http://127.0.0.1", transport=transport).supervisor

    def seen(self) -> list[Seen]:
        """Return every part."""
        infos = self._rpc.getAllProcessInfo()
        return [Seen(str(info["name"]), int(info["pid"])) for info in cast("list[dict[str, int | str]]", infos)]

    def start(self, part: Part) -> None:
        """Begin running a part and return at once; a part that runs is fine."""
        self._call("startProcess", part.name)

    def stop(self, part: Part) -> None:
        """End a part and wait until it has; one that does not run is fine."""
        self._call("stopProcess", part.name)

    def _call(self, verb: str, name: str) -> None:
        wait = verb == "stopProcess"
        try:
            getattr(self._rpc, verb)(name, wait)
        except Fault as fault:
            if fault.faultString.split(":")[0] not in {"ALREADY_STARTED", "NOT_RUNNING"}:
                raise
