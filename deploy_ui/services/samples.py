"""A request to begin with: what a deployment's own image says that it answers."""

import json
from collections.abc import Mapping
from typing import Any

from deploy_ui.enums import BodyKind, ImageKind
from deploy_ui.services import deployments, examples, images, schema_examples
from deploy_ui.services.examples import Example
from deploy_ui.services.image_cards import ImageCard
from deploy_ui.services.trials.request import Header, Trial
from deploy_ui.services.viewer import Viewer

JSON = "application/json"
MOST_BODY = 64 * 1024
"""A bigger example than this is no help."""


def sample(viewer: Viewer, slug: str) -> Trial:
    """Return a request that the deployment's image should answer well.

    That of the bundled example it was made from; else one that its request schema lets through; else the plainest one
    that its kind takes.
    """
    return sample_of(viewer, deployments.card(viewer, slug).image_id)


def sample_of(viewer: Viewer, image_id: str) -> Trial:
    """Return such a request to any deployment of an image."""
    image = images.card(viewer, image_id)
    made_from = next((each for each in examples.rows() if _is(image, each)), None)
    if made_from is not None:
        return _of_example(made_from)
    if image.kind != ImageKind.MODEL:
        return Trial(method="GET", path="/")
    return _of_schema(image)


def schema(viewer: Viewer, slug: str) -> dict[str, Any] | None:
    """Return the schema of the JSON body that the deployment's image answers; None if it says none, or a huge one."""
    found = images.card(viewer, deployments.card(viewer, slug).image_id).request_schema
    if not found or _is_binary(found) or len(json.dumps(found)) > MOST_BODY:
        return None
    return found


def _is_binary(schema: Mapping[str, Any]) -> bool:
    return schema.get("format") == "binary"


def _is(image: ImageCard, example: Example) -> bool:
    """Say whether an image holds exactly the files of an example."""
    if (image.kind, image.entry, image.command) != (example.kind, example.entry, example.command):
        return False
    sizes = {each.path: each.source.stat().st_size for each in examples.files(example.id)}
    return {each.path: each.size for each in image.files} == sizes


def _of_example(example: Example) -> Trial:
    return Trial(
        method=example.request_method,
        path=example.request_path,
        headers=[Header("Content-Type", example.request_content_type)] if example.request_content_type else [],
        kind=_kind(example.request_content_type) if example.request_body else BodyKind.NONE,
        text=example.request_body.rstrip("\n"),
    )


def _kind(content_type: str) -> BodyKind:
    return BodyKind.JSON if "json" in content_type else BodyKind.TEXT


def _of_schema(image: ImageCard) -> Trial:
    schema = image.request_schema
    if schema and _is_binary(schema):
        return Trial(headers=[Header("Content-Type", "application/octet-stream")], kind=BodyKind.FILE)
    return Trial(headers=[Header("Content-Type", JSON)], kind=BodyKind.JSON, text=_body(schema or {}))


def _body(schema: dict[str, object]) -> str:
    try:
        text = json.dumps(schema_examples.example(schema), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return "{}"
    return text if len(text) <= MOST_BODY else "{}"
