"""Writes the folder that Prometheus and Grafana are started with, by `compose.yaml` or by hand."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import yaml

from deploy_ui.errors import Invalid
from deploy_ui.grafana.dashboards import dashboards
from deploy_ui.grafana.rules import rules
from deploy_ui.metrics.snapshot import LOOK_S
from deploy_ui.settings import Settings

PROVISIONING = "/etc/grafana/provisioning"
"""Where Grafana looks, in its container as on a machine that it was installed on."""
DASHBOARDS = "dashboards/deploy-ui"
TOKEN = "token"  # noqa: S105 -- the file's name
LOCAL_PROMETHEUS = "http://127.0.0.1:9090"
OPEN = 0o644
"""Prometheus and Grafana read as users of their own."""
OPEN_FOLDER = 0o755
OURS = 0o600


def write(folder: Path, current: Settings, language: str) -> list[Path]:
    """Write every file anew and return them; the token, if there is one, can be read by its owner only.

    Modes of what else lies in the folder, and of the folder itself, stay as they are.

    Raises Invalid("folder_unwritable").
    """
    files = dict(_files(current, language))
    try:
        _write(folder, files)
    except OSError as error:
        raise Invalid("folder_unwritable", field="folder", folder=str(folder), reason=error.strerror) from error
    return [folder / name for name in files]


def _write(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        path.chmod(OURS if path.name == TOKEN else OPEN)
        path.write_text(text)
    for path in {folder / parent for name in files for parent in Path(name).parents if parent != Path()}:
        path.chmod(OPEN_FOLDER)


def _files(current: Settings, language: str) -> Iterator[tuple[str, str]]:
    yield "prometheus/prometheus.yml", _yaml(_scraping(current))
    yield "prometheus/rules.yml", _yaml(rules(language))
    if current.metrics_token:
        yield f"prometheus/{TOKEN}", current.metrics_token
    yield "grafana/datasources/deploy-ui.yaml", _yaml(_source(current))
    yield "grafana/dashboards/deploy-ui.yaml", _yaml(_provider())
    for uid, dashboard in dashboards(language).items():
        yield f"grafana/{DASHBOARDS}/{uid}.json", json.dumps(dashboard, indent=2, ensure_ascii=False) + "\n"


def _scraping(current: Settings) -> dict[str, Any]:
    target = urlsplit(current.local_console).netloc
    job: dict[str, Any] = {"job_name": "deploy-ui", "static_configs": [{"targets": [target]}]}
    if current.metrics_token:
        job["authorization"] = {"credentials_file": TOKEN}
    every = {"scrape_interval": f"{LOOK_S}s", "evaluation_interval": f"{LOOK_S}s"}
    return {"global": every, "rule_files": ["rules.yml"], "scrape_configs": [job]}


def _source(current: Settings) -> dict[str, Any]:
    """Return the data source. A password stays out of the file: Grafana takes it from its own environment."""
    parts = urlsplit(current.prometheus_url or LOCAL_PROMETHEUS)
    source: dict[str, Any] = {
        "name": "Deploy UI",
        "uid": "deploy-ui",
        "type": "prometheus",
        "access": "proxy",
        "url": _literal(f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"),
        "jsonData": {"timeInterval": f"{LOOK_S}s", "httpMethod": "POST"},
    }
    if parts.username:
        source |= {"basicAuth": True, "basicAuthUser": _literal(unquote(parts.username))}
        source["secureJsonData"] = {"basicAuthPassword": "$PROMETHEUS_PASSWORD"}
    return {"apiVersion": 1, "datasources": [source]}


def _literal(value: str) -> str:
    """Return a value as Grafana reads it: it puts its environment in wherever a `$` stands alone."""
    return value.replace("$", "$$")


def _provider() -> dict[str, Any]:
    options = {"path": f"{PROVISIONING}/{DASHBOARDS}"}
    provider = {"name": "deploy-ui", "folder": "Deploy UI", "type": "file", "allowUiUpdates": False, "options": options}
    return {"apiVersion": 1, "providers": [provider]}


def _yaml(content: Mapping[str, Any]) -> str:
    written: str = yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=10_000)
    return written
