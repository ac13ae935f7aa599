"""Every answer that is not the model's own: a status, a code, and words that say what to mend."""

import json
from collections.abc import Mapping
from typing import Any

BUSY_MARK = "x-instance-busy"
"""The header by which callers know that the author's code saw nothing of the request: its own answers never have it."""


class Refusal(Exception):
    """The request is answered with this error instead of a prediction."""

    def __init__(self, status: int, code: str, message: str, **facts: object) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.facts = facts
        self.headers: Mapping[str, str] = {}

    @property
    def document(self) -> dict[str, Any]:
        """The body of the answer: the same form as the gateway's and the console's errors."""
        return {"error": {"code": self.code, "message": self.message, **self.facts}}

    @property
    def body(self) -> bytes:
        """The document as bytes."""
        return json.dumps(self.document).encode()


class ClientGone(Exception):
    """Nobody waits for the answer any more."""


def bad_json(message: str, *, line: int, column: int) -> Refusal:
    """Say where the body stops being JSON."""
    return Refusal(400, "bad_json", f"{message} (line {line}, column {column})", line=line, column=column)


def bad_request(message: str) -> Refusal:
    """Say why the request has not the form its address asks for."""
    return Refusal(400, "bad_request", message)


def invalid(*fields: tuple[str, str]) -> Refusal:
    """Name the fields that are wrong, each with its reason."""
    (field, reason), more = fields[0], len(fields) - 1
    message = f"{field}: {reason}" + (f" (and {more} more)" if more else "")
    rows = [{"field": name, "message": text} for name, text in fields[:100]]
    return Refusal(422, "invalid_payload", message, fields=rows)


def busy(places: int) -> Refusal:
    """Say that no place is free, running or waiting."""
    refusal = Refusal(
        503, "instance_busy", f"The instance already holds {places} requests, as many as it may. Try again."
    )
    refusal.headers = {"retry-after": "1", BUSY_MARK: "1"}
    return refusal


def not_ready() -> Refusal:
    """Say that `load()` has not returned yet."""
    refusal = Refusal(503, "not_ready", "The model is still loading.")
    refusal.headers = {"retry-after": "1"}
    return refusal


def no_address(addresses: list[str]) -> Refusal:
    """Say where the model answers."""
    return Refusal(
        404, "address_not_found", f"Nothing answers here. Call the model with POST at {', '.join(addresses)}."
    )


def no_model(name: str) -> Refusal:
    """Say what the model is called."""
    return Refusal(404, "model_not_found", f"This deployment's model is called {name}.")


def wrong_method(right: str) -> Refusal:
    """Say which method the address takes."""
    refusal = Refusal(405, "method_not_allowed", f"This address takes {right}.")
    refusal.headers = {"allow": right}
    return refusal


def internal(message: str) -> Refusal:
    """Say that the server, not the author's code, could not go on."""
    return Refusal(500, "internal_error", message)


def failed(error: BaseException) -> Refusal:
    """Say in one line what the author's code raised."""
    return Refusal(500, "predict_failed", reason(error))


def not_json(path: str, what: str) -> Refusal:
    """Name the part of the answer that JSON cannot hold."""
    return Refusal(500, "answer_not_json", f"{path} is {what}, which JSON cannot hold.", path=path, type=what)


def reason(error: BaseException) -> str:
    """Return an exception's type and the first line of its message, not too long."""
    lines = str(error).strip().splitlines()
    name = type(error).__name__
    return f"{name}: {lines[0]}"[:500] if lines else name
