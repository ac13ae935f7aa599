import stat
from pathlib import Path

import pytest
import yaml

from deploy_ui.grafana import files
from deploy_ui.settings import Settings
from tests import prometheus, tree

PASSWORD = "a-secret-word"
WITH_TOKEN = Settings(
    metrics="token", metrics_token=PASSWORD, prometheus_url=f"http://m%24e%40work:{PASSWORD}@prometheus.test:9090"
)


@pytest.fixture
def written(tmp_path: Path) -> Path:
    files.write(tmp_path, WITH_TOKEN, "en")
    return tmp_path


def test_prometheus_takes_its_configuration(written: Path) -> None:
    assert "1 rule files found" in prometheus.tool("check", "config", str(written / "prometheus" / "prometheus.yml"))


def test_secrets_are_in_the_file_of_the_token_only(written: Path) -> None:
    holding = [path.name for path in written.rglob("*") if path.is_file() and PASSWORD in path.read_text()]
    assert holding == ["token"]
    assert stat.S_IMODE((written / "prometheus" / "token").stat().st_mode) == 0o600


def test_what_is_no_secret_can_be_read_by_the_users_of_prometheus_and_grafana(written: Path) -> None:
    for path in written.rglob("*"):
        mode = stat.S_IMODE(path.stat().st_mode)
        assert mode == (0o755 if path.is_dir() else 0o600 if path.name == "token" else 0o644), path.name


def test_what_else_lies_in_the_folder_is_left_alone(tmp_path: Path) -> None:
    foreign = [tmp_path / "keys", tmp_path / "grafana" / "own"]
    for folder in foreign:
        folder.mkdir(mode=0o700, parents=True)
    files.write(tmp_path, WITH_TOKEN, "en")
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in foreign} == {0o700}


def test_grafana_is_told_where_prometheus_and_the_dashboards_are(written: Path) -> None:
    (source,) = yaml.safe_load((written / "grafana/datasources/deploy-ui.yaml").read_text())["datasources"]
    assert (source["url"], source["basicAuthUser"]) == ("http://prometheus.test:9090", "m$$e@work")
    (provider,) = yaml.safe_load((written / "grafana/dashboards/deploy-ui.yaml").read_text())["providers"]
    inside = Path(provider["options"]["path"]).relative_to("/etc/grafana/provisioning")
    assert sorted(path.name for path in (written / "grafana" / inside).iterdir()) == [
        "deploy-ui-deployment.json",
        "deploy-ui-overview.json",
    ]


def test_writing_again_changes_nothing(written: Path) -> None:
    before = {path: path.read_bytes() for path in written.rglob("*") if path.is_file()}
    files.write(written, WITH_TOKEN, "en")
    assert {path: path.read_bytes() for path in written.rglob("*") if path.is_file()} == before


def test_compose_brings_both_with_what_is_written(written: Path) -> None:
    services = yaml.safe_load((tree.ROOT / "compose.yaml").read_text())["services"]
    assert {name: each["profiles"] for name, each in services.items()} == {
        "prometheus": ["monitoring"],
        "grafana": ["monitoring"],
    }
    for name, target in (("prometheus", "/etc/prometheus"), ("grafana", files.PROVISIONING)):
        mounted = services[name]["volumes"][0]
        assert mounted == f"${{MONITORING_FILES:-./data/monitoring}}/{name}:{target}:ro"
        assert (written / name).is_dir()
        assert ":latest" not in services[name]["image"]
