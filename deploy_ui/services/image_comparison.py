"""How two images differ: their facts, packages and files. What is the same is counted only."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlmodel import Session, col, or_, select

from deploy_ui import vault
from deploy_ui.db import reading
from deploy_ui.enums import ImageStatus, Role
from deploy_ui.errors import AppError
from deploy_ui.models import Image
from deploy_ui.services import image_cards, image_files, images
from deploy_ui.services.trees import chunks
from deploy_ui.services.viewer import Viewer

MOST_READ = 64 * 1024**2
"""Bytes of files that are read to tell them apart, where no build wrote down what they hold."""
MOST_CHOICES = 20
PLAIN = ("kind", "entry", "command", "ready_path", "python")
SIZES = ("size_bytes", "packages_bytes")

Change = Literal["added", "removed", "changed", "unknown"]
"""`unknown`: of the same size, and nobody can tell whether they hold the same."""


@dataclass(frozen=True)
class Side:
    """One of the two images."""

    id: str
    name: str
    status: ImageStatus
    created_at: datetime
    entry: str
    requirements: str
    """The path of its requirements; empty if it has none."""
    request_schema: dict[str, Any] | None
    deleted: bool
    """Its files are gone or about to be."""


@dataclass(frozen=True)
class FactChange:
    """One fact that differs."""

    field: str
    """As the card of an image names it; `env_values` are variables of the same name with other values."""
    before: str
    after: str
    is_size: bool = False
    """Both are bytes."""


@dataclass(frozen=True)
class PackageChange:
    """One package that differs; the version is empty where there is none."""

    name: str
    change: Change
    before: str
    after: str


@dataclass(frozen=True)
class FileChange:
    """One file that differs."""

    path: str
    change: Change
    before: int
    """Bytes; 0 where it is not there."""
    after: int


@dataclass(frozen=True)
class Comparison:
    """Everything that differs from the first to the second image."""

    before: Side
    after: Side
    facts: list[FactChange]
    packages: list[PackageChange]
    same_packages: int
    files: list[FileChange]
    same_files: int


@dataclass(frozen=True)
class Choice:
    """An image to compare with."""

    id: str
    name: str
    status: ImageStatus
    created_at: datetime
    related: bool
    """One of the two was made of the other's files."""


def choices(viewer: Viewer, image_id: str, search: str = "") -> list[Choice]:
    """Return images to compare with, newest first; those that it was made of, or that were made of it, before all."""
    viewer.require(Role.VIEWER)
    with reading() as session:
        image = images.find(session, image_id)
        related = _related(session, image) if not search.strip() else []
        page = image_cards.page(session, limit=MOST_CHOICES + 1, cursor=None, search=search, status=None)
    known = {image.id, *(each.id for each in related)}
    others = [Choice(each.id, each.name, each.status, each.created_at, related=False) for each in page.items]
    return [*related, *(each for each in others if each.id not in known)][:MOST_CHOICES]


def compare(viewer: Viewer, before_id: str, after_id: str) -> Comparison:
    """Compare two images, deleted ones too as far as anything of them is known. Values of variables are not told."""
    viewer.require(Role.VIEWER)
    with reading() as session:
        before, after = images.find(session, before_id), images.find(session, after_id)
    old, new = _packages(before.lock), _packages(after.lock)
    packages = [_package(name, old.get(name, ""), new.get(name, "")) for name in sorted({*old, *new})]
    files = list(_files(before, after))
    return Comparison(
        before=_side(before),
        after=_side(after),
        facts=[*_facts(before, after), *_variables(before, after)],
        packages=[each for each in packages if each.before != each.after],
        same_packages=sum(each.before == each.after for each in packages),
        files=[each for each in files if each is not None],
        same_files=files.count(None),
    )


def _related(session: Session, image: Image) -> list[Choice]:
    kin = or_(col(Image.id) == image.rebuilt_from, col(Image.rebuilt_from) == image.id)
    query = select(Image).where(kin).order_by(col(Image.created_at).desc()).limit(MOST_CHOICES)
    found = [Choice(each.id, each.name, each.status, each.created_at, related=True) for each in session.exec(query)]
    return sorted(found, key=lambda each: each.id != image.rebuilt_from)


def _side(image: Image) -> Side:
    return Side(
        id=image.id,
        name=image.name,
        status=image.status,
        created_at=image.created_at,
        entry=image.entry if any(each["path"] == image.entry for each in image.files) else "",
        requirements=next((each["path"] for each in image.files if each["path"] == images.REQUIREMENTS), ""),
        request_schema=image.request_schema,
        deleted=image.deleted_at is not None,
    )


def _facts(before: Image, after: Image) -> Iterator[FactChange]:
    for name in (*PLAIN, *SIZES):
        one, other = str(getattr(before, name)), str(getattr(after, name))
        if one != other:
            yield FactChange(name, one, other, is_size=name in SIZES)


def _variables(before: Image, after: Image) -> Iterator[FactChange]:
    old, new = vault.unseal_if_readable(before.env_sealed), vault.unseal_if_readable(after.env_sealed)
    if old is None or new is None:
        return
    if set(old) != set(new):
        yield FactChange("env_names", ", ".join(sorted(old)), ", ".join(sorted(new)))
    other = ", ".join(sorted(name for name in old if name in new and old[name] != new[name]))
    if other:
        yield FactChange("env_values", other, other)


def _packages(lock: str) -> dict[str, str]:
    """Return versions by name; what came from an address has that for a version."""
    found = {}
    for line in lock.splitlines():
        name, _, version = line.partition("==" if "==" in line else " @ ")
        found[name.strip()] = version.strip()
    return found


def _package(name: str, before: str, after: str) -> PackageChange:
    return PackageChange(name, "added" if not before else "changed" if after else "removed", before, after)


def _files(before: Image, after: Image) -> Iterator[FileChange | None]:
    """Yield what differs of each file by path; None for one that is the same."""
    old = {each["path"]: each for each in before.files}
    new = {each["path"]: each for each in after.files}
    left = MOST_READ
    for path in sorted({*old, *new}):
        one, other = old.get(path), new.get(path)
        if one is None or other is None:
            change: Change = "removed" if other is None else "added"
            yield FileChange(path, change, one["size"] if one else 0, other["size"] if other else 0)
            continue
        same = _same(one, other)
        if same is None and 2 * one["size"] <= left:
            left -= 2 * one["size"]
            same = _same_content(before.id, after.id, path)
        change = "unknown" if same is None else "changed"
        yield None if same else FileChange(path, change, one["size"], other["size"])


def _same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool | None:
    """Say whether two files are the same, by size and hash; None where a hash is missing."""
    if one["size"] != other["size"]:
        return False
    hashes = one.get("sha256"), other.get("sha256")
    return hashes[0] == hashes[1] if all(hashes) else None


def _same_content(one: str, other: str, path: str) -> bool | None:
    try:
        return _hash(one, path) == _hash(other, path)
    except AppError:  # its files are gone
        return None


def _hash(image_id: str, path: str) -> str:
    total = hashlib.sha256()
    with image_files.opened(image_id, path) as file:
        for data in chunks(file, image_files.PIECE):
            total.update(data)
    return total.hexdigest()
