import httpx
import pytest

from deploy_ui.enums import Role
from deploy_ui.services.monitoring import grafana
from deploy_ui.services.viewer import Viewer
from deploy_ui.settings import settings

READER = Viewer(person_id=1, email="", name="", role=Role.VIEWER)
ADDRESS = "https://grafana.test/of/us"


@pytest.fixture(autouse=True)
def _with_grafana(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEPLOY_UI_GRAFANA_URL", f"{ADDRESS}/")
    settings.cache_clear()


def test_the_dashboard_is_the_deployments() -> None:
    expected = f"{ADDRESS}/d/deploy-ui-deployment/deploy-ui-deployment?var-deployment=sum&from=now-1h&to=now"
    assert grafana.dashboard(READER, "sum") == expected
    assert "?var-deployment=a%26kiosk&" in grafana.dashboard(READER, "a&kiosk")


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        ({"range": "6h"}, "from=now-6h&to=now"),
        ({"range": "15m", "view": "grafana"}, "from=now-15m&to=now"),
        ({"since": "2030-01-01T00:00:00Z", "until": "2030-01-01T00:01:00Z"}, "from=1893456000000&to=1893456060000"),
        ({"range": "3d", "since": "2030-01-01T00:00:00Z", "until": "soon"}, "from=now-3d&to=now"),
        ({"since": "2030-01-01T00:00:00Z"}, "from=now-1h&to=now"),
        ({"range": "1h&orgId=2"}, "from=now-1h&to=now"),
    ],
)
def test_the_dashboard_shows_the_time_of_the_charts(time: dict[str, str], expected: str) -> None:
    assert grafana.dashboard(READER, "sum", time).endswith(f"?var-deployment=sum&{expected}")


def test_without_a_grafana_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DEPLOY_UI_GRAFANA_URL")
    settings.cache_clear()
    assert grafana.dashboard(READER, "sum") == ""


def test_one_that_is_well_is_no_trouble() -> None:
    seen: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(str(request.url))
        return httpx.Response(200, json={"database": "ok"})

    assert grafana.trouble(READER, transport=httpx.MockTransport(answer)) is None
    assert seen == [f"{ADDRESS}/api/health"]


def refused(_: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("[Errno 111] Connection refused")


def silent(_: httpx.Request) -> httpx.Response:
    raise httpx.ReadTimeout("")


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (refused, "grafana_unreachable"),
        (silent, "grafana_slow"),
        (lambda _: httpx.Response(503), "grafana_unwell"),
        (lambda _: httpx.Response(302, headers={"location": "/login"}), "grafana_unwell"),
        (lambda _: httpx.Response(200, headers={"x-frame-options": "deny"}), "grafana_not_embeddable"),
    ],
)
def test_why_it_cannot_be_shown_is_told_with_its_address(answer: object, code: str) -> None:
    trouble = grafana.trouble(READER, transport=httpx.MockTransport(answer))  # type: ignore[arg-type]
    assert trouble is not None
    assert (trouble.code, trouble.facts["address"]) == (code, ADDRESS)
