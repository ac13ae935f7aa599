import asyncio
from collections.abc import AsyncIterator

import pytest

from deploy_ui import clock
from deploy_ui.enums import CallReason
from deploy_ui.jobs.delivery.sender import Sender
from deploy_ui.services.calls.attempts import Answer, Claim, Failure
from tests.jobs.delivery.upstream import talking


def claim(address: str, method: str = "GET", *, body: bytes = b"", size: int | None = None, file: str = "") -> Claim:
    """An attempt that nobody has written down."""
    return Claim(
        number=1,
        id="c_0123456789abcdef",
        slug="slug",
        attempt=1,
        begun_at=clock.now(),
        limit_s=10,
        limited_by=CallReason.TIMED_OUT,
        instance="abc123",
        address=address,
        method=method,
        path="/predict",
        headers=[],
        body_size=len(body) if size is None else size,
        body_file=file,
        body=body,
    )


@pytest.fixture
async def sender(data_dir: object) -> AsyncIterator[Sender]:
    assert data_dir
    async with Sender() as made:
        yield made


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "POST"])
async def test_an_attempt_reaches_the_instance_once_even_when_a_used_connection_breaks(
    sender: Sender, method: str
) -> None:
    heads: list[bytes] = []

    async def answer_the_first_only(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        heads.append(await reader.readuntil(b"\r\n\r\n"))

    async with talking(answer_the_first_only) as address:
        assert isinstance(await sender.send(claim(address, method)), Answer)
        broken = await sender.send(claim(address, method))
    assert isinstance(broken, Failure)
    assert (broken.reason, broken.message.partition(":")[0]) == (CallReason.BROKE_OFF, "")
    assert len(heads) == 2
