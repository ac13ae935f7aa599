"""Deployments whose receivers are on loopback."""

from collections.abc import Callable

import pytest

from deploy_ui.services.cards import DeploymentCard
from deploy_ui.services.viewer import Viewer
from deploy_ui.settings import settings
from tests import factories


@pytest.fixture
def loopback(database: str, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Allow loopback, and set what else a test needs."""
    assert database

    def _set(**values: str) -> None:
        monkeypatch.setenv("DEPLOY_UI_CALLBACK_NETWORKS", "127.0.0.0/8")
        for name, value in values.items():
            monkeypatch.setenv(f"DEPLOY_UI_{name.upper()}", value)
        settings.cache_clear()

    _set()
    return _set


@pytest.fixture
def editor(loopback: object) -> Viewer:
    assert loopback
    return factories.viewer()


@pytest.fixture
def card(editor: Viewer) -> DeploymentCard:
    return factories.deployment(editor, name="\u0421\u0447\u0451\u0442 \u201cA\u201d")
