"""What the editor of variables says: `[[name, null | {"value": text, "secret": bool}], …]` as JSON. Pure.

A draft of it can be kept in a state and sent back: secret values stand in it as `true`, and so do long ones.
"""

import json
import secrets
from typing import Any

from deploy_ui.errors import Invalid
from deploy_ui.services.env import VariableEdit

LONGEST = 2_000_000
"""Characters that are looked at: more than the browser's socket carries."""
LONGEST_IN_DRAFT = 200
"""Characters of an open value."""

Edits = dict[str, VariableEdit | None]


def edits(text: str) -> Edits:
    """Return what the text says, or raise Invalid for what no editor sends, and for a name that comes twice.

    A value that a draft does not tell becomes one that nobody has.
    """
    found: Edits = {}
    for name, edit in _pairs(text):
        if name in found:
            raise Invalid("env_twice", field="env", name=name[:80])
        found[name] = None if edit is None else VariableEdit(_value(edit), edit.get("secret"))
    return found


def draft(text: str) -> str:
    """Return the text without its secret and its long values."""
    return json.dumps([[name, edit and _redacted(edit)] for name, edit in _pairs(text)])


def told(text: str) -> bool:
    """Say whether the text tells every value: a draft may not."""
    return all(edit is None or edit.get("value") is not True for _, edit in _pairs(text))


def _pairs(text: str) -> list[tuple[str, dict[str, Any] | None]]:
    try:
        found = json.loads(text) if text.strip() else []
        pairs = [(name, edit) for name, edit in found]
    except (ValueError, TypeError, RecursionError) as error:
        raise Invalid("request_refused", field="env") from error
    if not all(isinstance(name, str) and _is_edit(edit) for name, edit in pairs):
        raise Invalid("request_refused", field="env")
    return pairs


def _is_edit(edit: object) -> bool:
    if not isinstance(edit, dict):
        return edit is None
    value, secret = edit.get("value"), edit.get("secret")
    told = value is None or value is True or isinstance(value, str)
    return told and isinstance(secret, bool | None) and set(edit) <= {"value", "secret"}


def _value(edit: dict[str, Any]) -> str | None:
    return secrets.token_hex(16) if edit.get("value") is True else edit.get("value")


def _redacted(edit: dict[str, Any]) -> dict[str, Any]:
    value = edit.get("value")
    hidden = isinstance(value, str) and (edit.get("secret") is not False or len(value) > LONGEST_IN_DRAFT)
    return {**edit, "value": True} if hidden else edit
