"""Every test here runs once for each runtime."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.bench import Bench, Kind, ProcessKind

KINDS: dict[str, type[ProcessKind]] = {"process": ProcessKind}


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest, tmp_path: Path) -> Kind:
    return KINDS[request.param](tmp_path)


@pytest.fixture
def bench(kind: Kind, tmp_path: Path) -> Iterator[Bench]:
    image = tmp_path / "image"
    image.mkdir()
    bench = Bench(kind, image)
    yield bench
    bench.clean()
