"""What an image can be begun from, and what can be said of it before it is uploaded."""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field

from deploy_ui.builds import requirements, script
from deploy_ui.builds.base import BuildFailed
from deploy_ui.enums import ImageKind, Role
from deploy_ui.errors import Invalid
from deploy_ui.services import examples, images
from deploy_ui.services.images import ENTRIES, READY_PATHS, REQUIREMENTS
from deploy_ui.services.viewer import Viewer


@dataclass(frozen=True)
class Draft:
    """The beginning of a new image."""

    words: dict[str, str]
    """What to write into the form, by field."""
    files: dict[str, str] = field(default_factory=dict)
    """More files, base64 by path."""
    lacking: list[str] = field(default_factory=list)
    """Files that somebody has to add again."""


def from_example(viewer: Viewer, example_id: str) -> Draft:
    """Begin with one of the examples."""
    viewer.require(Role.EDITOR)
    example = examples.card(example_id)
    entry = example.entry or ENTRIES[example.kind][0]
    files = {each.path: each.source.read_bytes() for each in examples.files(example_id)}
    words = {
        "kind": example.kind.value,
        "command": example.command,
        "ready_path": _unusual(example.kind, example.ready_path),
        "entry": entry if entry != ENTRIES[example.kind][0] else "",
        "script": files.pop(entry, b"").decode(),
        "requirements": files.pop(REQUIREMENTS, b"").decode(),
    }
    return Draft(words, {path: b64encode(content).decode() for path, content in files.items()})


def from_image(viewer: Viewer, image_id: str) -> Draft:
    """Begin with what another image was made of; its files stay there, and its variables are secret."""
    viewer.require(Role.EDITOR)
    card = images.card(viewer, image_id)
    usual = ENTRIES[card.kind][0]
    words = {
        "kind": card.kind.value,
        "command": card.command,
        "ready_path": _unusual(card.kind, card.ready_path),
        "entry": card.entry if card.entry != usual else "",
        "script": card.script,
        "requirements": card.requirements,
    }
    taken = {card.entry if card.script else "", REQUIREMENTS}
    return Draft(words, lacking=[each.path for each in card.files if each.path not in taken])


def check_script(viewer: Viewer, kind: ImageKind, text: str) -> None:
    """Raise Invalid if a script of this kind with this text would not build."""
    viewer.require(Role.EDITOR)
    _judge("script", lambda: script.check_source(kind, text.encode(errors="replace"), ENTRIES[kind][0]))


def check_requirements(viewer: Viewer, text: str) -> None:
    """Raise Invalid naming the first line that no build would take."""
    viewer.require(Role.EDITOR)
    _judge("requirements", lambda: requirements.parse(text))


def _judge(field: str, check: Callable[[], object]) -> None:
    try:
        check()
    except BuildFailed as failed:
        raise Invalid(failed.code, field=field, **failed.facts) from failed


def _unusual(kind: ImageKind, path: str) -> str:
    return path if path != READY_PATHS[kind] else ""
