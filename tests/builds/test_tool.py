from pathlib import Path

import pytest

from deploy_ui import registry
from deploy_ui.builds.tool import our_environment, uv_environment

CACHE = Path("/data/cache")
OURS = {"UV_CACHE_DIR": str(CACHE), "UV_PYTHON_DOWNLOADS": "never"}


@pytest.mark.parametrize(
    "name",
    ["DEPLOY_UI_ADMIN_PASSWORD", "AWS_SECRET_ACCESS_KEY", "PYTHONPATH", "VIRTUAL_ENV", "UV_PYTHON", "LD_PRELOAD"],
)
def test_what_uv_does_not_need_stays_with_us(name: str) -> None:
    assert uv_environment({name: "x"}, CACHE) == OURS


@pytest.mark.parametrize(
    "name", ["PATH", "HOME", "HTTPS_PROXY", "no_proxy", "SSL_CERT_FILE", "UV_INDEX_MINE_PASSWORD", "UV_HTTP_TIMEOUT"]
)
def test_what_uv_needs_is_passed_on(name: str) -> None:
    assert uv_environment({name: "x"}, CACHE) == {**OURS, name: "x"}


def test_a_cache_that_was_set_is_used() -> None:
    assert uv_environment({"UV_CACHE_DIR": "/mine"}, CACHE)["UV_CACHE_DIR"] == "/mine"


def test_what_pip_is_configured_with_reaches_uv(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "uv_environment", lambda: {"UV_DEFAULT_INDEX": "https://a"})
    assert uv_environment(our_environment(), CACHE)["UV_DEFAULT_INDEX"] == "https://a"
