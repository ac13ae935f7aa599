"""A README to take away: its text as one file, or with its pictures in a zip."""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

from deploy_ui.db import reading
from deploy_ui.enums import Role
from deploy_ui.errors import NotFound
from deploy_ui.services.readmes import owners, pictures, texts
from deploy_ui.services.readmes.owners import Owner
from deploy_ui.services.readmes.pictures import Picture
from deploy_ui.services.viewer import Viewer

PIECE_BYTES = 256 << 10


@dataclass(frozen=True)
class Export:
    """A file to download."""

    name: str
    media_type: str
    pieces: Iterator[bytes]


def export(viewer: Viewer, owner: Owner) -> Export:
    """Return the README as `.md`; if it shows pictures, as a zip in which its links to them hold."""
    viewer.require(Role.VIEWER)
    with reading() as session:
        readme = owners.readme_of(session, owners.find(session, owner))
        text = texts.text_of(session, readme, readme.version).text if readme and readme.version else ""
        shown = []
        for name in sorted(pictures.named_in(text)):
            try:
                shown.append(pictures.picture(session, readme, name))
            except NotFound:
                continue  # the text speaks of one that never was
    if not shown:
        return Export(f"{owner.word}-readme.md", "text/markdown; charset=utf-8", iter([text.encode()]))
    return Export(f"{owner.word}-readme.zip", "application/zip", _zipped(text, shown))


def _zipped(text: str, shown: list[Picture]) -> Iterator[bytes]:
    """Yield a zip while it is made: nothing of it is held but the piece at hand. Pictures are packed by themselves."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w") as packed:
        packed.writestr("README.md", text, zipfile.ZIP_DEFLATED)
        yield sink.taken()
        for each in shown:
            with each.path.open("rb") as source, packed.open(f"files/{each.name}", "w") as target:
                while piece := source.read(PIECE_BYTES):
                    target.write(piece)
                    yield sink.taken()
    yield sink.taken()


class _Sink(io.RawIOBase):
    """Where the zip is written: goes forward only, and gives away what came."""

    def __init__(self) -> None:
        self._held = bytearray()

    def writable(self) -> bool:
        """Say yes."""
        return True

    def write(self, data: object, /) -> int:
        """Take the next bytes."""
        piece = bytes(data)  # type: ignore[call-overload]
        self._held += piece
        return len(piece)

    def taken(self) -> bytes:
        """Return what came since the last time."""
        data = bytes(self._held)
        self._held.clear()
        return data
