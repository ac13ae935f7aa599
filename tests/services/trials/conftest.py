from collections.abc import Iterator

import pytest

from deploy_ui.settings import settings
from tests import factories
from tests.services.trials.recorder import Recorder, recording


@pytest.fixture
def slug(database: str) -> str:
    """Give a deployment."""
    assert database
    return factories.deployment(name="Fraud scoring").slug


@pytest.fixture(scope="session")
def _recorder() -> Iterator[Recorder]:
    with recording() as server:
        yield server


@pytest.fixture
def recorder(_recorder: Recorder, monkeypatch: pytest.MonkeyPatch, _clean_environment: None) -> Recorder:
    """Give the test a server where the gateway should be; it has seen nothing yet."""
    _recorder.got.clear()
    monkeypatch.setenv("DEPLOY_UI_GATEWAY_PORT", str(_recorder.port))
    settings.cache_clear()
    return _recorder
