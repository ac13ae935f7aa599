from collections.abc import AsyncIterator

import pytest

from deploy_ui.services.calls import attempts
from tests.jobs.delivery.delivering import Delivering
from tests.jobs.delivery.upstream import Upstream


@pytest.fixture
async def upstream() -> AsyncIterator[Upstream]:
    """Give the test an instance."""
    made = Upstream()
    await made.start()
    yield made
    made.go.set()
    await made.stop()


@pytest.fixture
async def delivering(
    database: str,  # noqa: ARG001 -- it outlives them
    upstream: Upstream,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Delivering]:
    """Let the test start deliverers; pauses between attempts are short."""
    monkeypatch.setattr(attempts, "FIRST_PAUSE_S", 0.02)
    made = Delivering()
    yield made
    upstream.go.set()
    await made.stop()
