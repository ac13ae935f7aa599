"""What the console sends and what its command sends are the same."""

import asyncio
import io
from pathlib import Path

import pytest

from deploy_ui.enums import BodyKind
from deploy_ui.services.trials import curl, sending
from deploy_ui.services.trials.request import Field, Header, Trial
from deploy_ui.services.trials.sending import End
from tests import factories
from tests.services.trials.recorder import Got, Recorder
from tests.services.trials.shells import run

KINDS = [
    Trial(method="GET"),
    Trial(method="HEAD", path="/a?b=c d"),
    Trial(method="DELETE", kind=BodyKind.JSON, text='{"a": "\u0436\'"}'),
    Trial(kind=BodyKind.TEXT, text="a\r\n\0b", headers=[Header("X", "1"), Header("x", ""), Header("Accept", "a/b")]),
    Trial(kind=BodyKind.FORM, fields=[Field("a b", "1&2=3+4"), Field("a b", "\u0436")]),
    Trial(kind=BodyKind.FILE, filename="cat.png"),
    Trial(kind=BodyKind.FILE, filename="cat.png", headers=[Header("Content-Type", "image/x-cat")]),
    Trial(
        kind=BodyKind.MULTIPART,
        fields=[Field("a", "1"), Field("f", part="file-0", filename='c"at.tar.gz', type="a/b"), Field("a=b", "\n")],
    ),
]


@pytest.mark.parametrize("trial", KINDS, ids=[f"{each.method} {each.kind}" for each in KINDS])
async def test_the_console_and_its_command_send_the_same(
    slug: str, recorder: Recorder, tmp_path: Path, trial: Trial
) -> None:
    editor = factories.viewer()
    data = bytes(range(256)) * 3000
    for name in ("cat.png", 'c"at.tar.gz'):
        (tmp_path / name).write_bytes(data)
    begun = await sending.begin(editor, slug, trial, {name: io.BytesIO(data) for name in ("body", "file-0")})
    assert isinstance([event async for event in begun.events()][-1], End)
    console = recorder.last()
    command = curl.command(editor, slug, trial)
    assert _comparable(console) == _comparable(await asyncio.to_thread(run, recorder, command, folder=tmp_path))


def _comparable(got: Got) -> tuple[str, str, list[tuple[str, str]], bytes]:
    """Leave out what differs from one sending to the next."""
    boundary = (got.values("content-type") or [""])[0].rpartition("; boundary=")[2] or "none"
    varying = {"x-api-key", "user-agent", "content-length"}
    headers = sorted(
        (name.lower(), value.replace(boundary, "B")) for name, value in got.headers if name.lower() not in varying
    )
    return got.method, got.target, headers, got.body.replace(boundary.encode(), b"B")
