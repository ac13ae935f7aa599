"""`GET /openapi.json`: the addresses of one model and the schemas that its hints give."""

import inspect
from typing import Any

from .author import Author
from .hints import REFERENCE, annotations

ERROR = "DeployUiError"
"""The name of our error schema, unlikely to be one of the author's."""
JSON_VALUE: dict[str, Any] = {"description": "Any JSON value"}
ERRORS = {
    "400": "The body is not what this address takes",
    "422": "A field of the payload is wrong; `fields` names it",
    "500": "The author's code failed, or its answer has no form in JSON",
    "503": "The model is loading, or holds as many requests as it may",
}
TENSOR = {
    "type": "object",
    "required": ["name", "shape", "datatype", "data"],
    "properties": {
        "name": {"type": "string"},
        "shape": {"type": "array", "items": {"type": "integer", "minimum": 0}},
        "datatype": {"type": "string"},
        "data": {"type": "array"},
    },
}


def document(author: Author, slug: str, original_path: str = "") -> dict[str, Any]:
    """Return the OpenAPI document. `original_path`: what the caller asked for, where a gateway took its start away."""
    schemas: dict[str, Any] = {ERROR: _error_schema()}
    payload, answer = _payload(author, schemas), _answer(author, schemas)
    about = inspect.cleandoc(vars(type(author.model)).get("__doc__") or "") or f"The model of the deployment {slug}."
    prefix = original_path.partition("?")[0].removesuffix("/openapi.json")
    return {
        "openapi": "3.1.0",
        "info": {"title": slug, "version": "1", "description": about},
        "servers": [{"url": prefix if prefix.startswith("/") else "/"}],
        "paths": _paths(author, slug, payload, answer),
        "components": {"schemas": schemas},
    }


def _paths(author: Author, slug: str, payload: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
    v1, v2 = f"/v1/models/{slug}", f"/v2/models/{slug}"
    listed = {"type": "object", "required": ["instances"], "properties": {"instances": {"type": "array"}}}
    tensors = {"type": "object", "required": ["inputs"], "properties": {"inputs": {"type": "array", "items": TENSOR}}}
    streams = inspect.isgeneratorfunction(author.steps.last) or inspect.isasyncgenfunction(author.steps.last)
    predict = _call("predict", "Predict", payload, answer, binary=author.hint.binary)
    if streams:
        predict["responses"]["200"] = {
            "description": "A stream",
            "content": {"text/event-stream": {}, "application/x-ndjson": {}},
        }
    return {
        "/predict": {"post": predict},
        f"{v1}:predict": {
            "post": _call("predict_instances", "Predict for a list of instances", listed, {"type": "object"})
        },
        f"{v2}/infer": {
            "post": _call("infer", "Predict with tensors (Open Inference Protocol)", tensors, {"type": "object"})
        },
        v2: {"get": _read("metadata", "The model's metadata")},
        "/health/live": {"get": _read("live", "Whether the server runs")},
        "/health/ready": {"get": _read("ready", "Whether the model is loaded")},
        "/v2/health/live": {"get": _read("v2_live", "Whether the server runs")},
        "/v2/health/ready": {"get": _read("v2_ready", "Whether the model is loaded")},
    }


def _call(
    name: str, summary: str, body: dict[str, Any], answer: dict[str, Any], *, binary: bool = False
) -> dict[str, Any]:
    content = "application/octet-stream" if binary else "application/json"
    return {
        "operationId": name,
        "summary": summary,
        "requestBody": {"required": True, "content": {content: {"schema": body}}},
        "responses": {
            "200": {"description": "The answer", "content": {"application/json": {"schema": answer}}},
            **_errors(*ERRORS),
        },
    }


def _read(name: str, summary: str) -> dict[str, Any]:
    good = {"description": "Yes", "content": {"application/json": {"schema": {"type": "object"}}}}
    return {"operationId": name, "summary": summary, "responses": {"200": good, **_errors("503")}}


def _errors(*statuses: str) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{ERROR}"}}}
    return {status: {"description": ERRORS[status], "content": content} for status in statuses}


def _error_schema() -> dict[str, Any]:
    text = {"type": "string"}
    field = {"type": "object", "properties": {"field": text, "message": text}}
    error = {
        "type": "object",
        "required": ["code", "message"],
        "properties": {"code": text, "message": text, "fields": {"type": "array", "items": field}},
    }
    return {"type": "object", "required": ["error"], "properties": {"error": error}}


def _payload(author: Author, schemas: dict[str, Any]) -> dict[str, Any]:
    if author.hint.schema is None:
        return JSON_VALUE
    return _lifted(author.hint.schema(REFERENCE), schemas)


def _answer(author: Author, schemas: dict[str, Any]) -> dict[str, Any]:
    hint = annotations(author.steps.last).get("return", Any)
    if hint is Any or inspect.isgeneratorfunction(author.steps.last) or inspect.isasyncgenfunction(author.steps.last):
        return JSON_VALUE
    from .typed import answer_schema  # noqa: PLC0415  pydantic takes long to import

    found = answer_schema(hint, REFERENCE)
    return JSON_VALUE if found is None else _lifted(found, schemas)


def _lifted(schema: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    """Move a schema's definitions to where OpenAPI keeps them."""
    schemas.update(schema.pop("$defs", {}))
    return schema
