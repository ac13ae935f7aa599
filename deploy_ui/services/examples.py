"""The examples people can start from: folders of `examples/`, each described by its `example.toml`."""

import functools
import tomllib
from dataclasses import dataclass
from pathlib import Path

from deploy_ui.enums import ImageKind, Role
from deploy_ui.errors import NotFound
from deploy_ui.services import images
from deploy_ui.services.image_cards import ImageCard
from deploy_ui.services.images import NewImage
from deploy_ui.services.viewer import Viewer

PACKAGE = Path(__file__).parents[1]
PLACES = (PACKAGE.parent / "examples", PACKAGE / "examples")
"""In a checkout the examples lie beside the package, in an installed wheel inside it."""
DESCRIPTION = "example.toml"


@dataclass(frozen=True)
class Example:
    """One example. `title` and `description` are keys of texts."""

    id: str
    """Its folder's name; also a good name for the image."""
    kind: ImageKind
    entry: str
    command: str
    ready_path: str
    title: str
    description: str
    request_method: str
    """With the three below: a request that the running example answers."""
    request_path: str
    request_content_type: str
    request_body: str


@dataclass(frozen=True)
class ExampleFile:
    """One file of an example."""

    path: str
    """Relative to the image's folder."""
    source: Path
    """Where to read it."""


def rows() -> list[Example]:
    """Return all examples, simplest first."""
    found = (_read(folder) for folder in _home().iterdir() if (folder / DESCRIPTION).is_file())
    return sorted(found, key=lambda each: (list(ImageKind).index(each.kind), each.id))


def card(example: str) -> Example:
    """Return one example, or raise NotFound."""
    return _read(_folder(example))


def files(example: str) -> list[ExampleFile]:
    """Return the files that an image of this example is made of: all but its description."""
    folder = _folder(example)
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file() and "__pycache__" not in path.parts)
    return [ExampleFile(path.relative_to(folder).as_posix(), path) for path in paths if path.name != DESCRIPTION]


def create(viewer: Viewer, example: str, *, name: str = "") -> ImageCard:
    """Make an image of an example, named like it unless another name is given; its build starts at once."""
    viewer.require(Role.EDITOR)
    chosen = card(example)
    new = NewImage(
        name=name or chosen.id,
        kind=chosen.kind,
        entry=chosen.entry,
        command=chosen.command,
        ready_path=chosen.ready_path,
    )
    with images.begin(viewer, new) as upload:
        for file in files(example):
            with file.source.open("rb") as content:
                upload.file(file.path, content)
        return upload.finish()


@functools.cache
def _home() -> Path:
    return next((place for place in PLACES if place.is_dir()), PLACES[0])


def _folder(example: str) -> Path:
    """Return the example's folder; the name is compared, never joined, so it cannot lead elsewhere."""
    for folder in _home().iterdir():
        if folder.name == example and (folder / DESCRIPTION).is_file():
            return folder
    raise NotFound("example_not_found", example=example)


def _read(folder: Path) -> Example:
    told = tomllib.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
    request = told["request"]
    return Example(
        id=told["name"],
        kind=ImageKind(told["kind"]),
        entry=told["entry"],
        command=told["command"],
        ready_path=told["ready_path"],
        title=told["title"],
        description=told["description"],
        request_method=request["method"],
        request_path=request["path"],
        request_content_type=request["content_type"],
        request_body=request["body"].strip() + "\n",
    )
