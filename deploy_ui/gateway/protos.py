"""Envoy's messages as plain values: JSON objects that name their type."""

from typing import Any

Message = dict[str, Any]
"""One of Envoy's messages, in protobuf's JSON form."""

METADATA = "deploy_ui"
"""Under this name a route says whose it is; error answers and the access log read it."""
TYPES = "type.googleapis.com/"


def typed(name: str, /, **fields: object) -> Message:
    """Return a message that says its own type, for the places where Envoy takes any."""
    return {"@type": TYPES + name, **fields}


def extension(name: str, message: Message) -> Message:
    """Return an extension's configuration under the extension's name."""
    return {"name": name, "typed_config": message}


def seconds(value: float) -> str:
    """Return a duration as protobuf writes it."""
    return f"{value:.9f}".rstrip("0").rstrip(".") + "s"


def header(name: str, value: str) -> Message:
    """Return a header that replaces any other of its name."""
    return {"header": {"key": name, "value": value}, "append_action": "OVERWRITE_IF_EXISTS_OR_ADD"}
