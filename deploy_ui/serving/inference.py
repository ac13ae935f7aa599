"""`POST /v2/models/{name}/infer`: how tensors reach `predict`, and how its answers become tensors.

| the payload's hint takes (`hints.py`) | `predict` gets |
| everything | a dict: each input's values, nested as its shape says, under its name |
| a batch | the only input's values, nested as its shape says |
| one instance, a record | row by row: a dict of each input's value in that row |
| one instance, anything else | the rows of the only input |
"""

from typing import Any

from .hints import Hint, Takes
from .instances import unpacked
from .json_out import plain
from .refusals import invalid
from .tensors import Tensor, make_tensor, read_tensors

OUTPUT = "output-0"
"""The name of an output that the author gave none."""


def payloads(request: Any, hint: Hint) -> list[Any]:
    """Return what `predict` is called with, once for each."""
    tensors = read_tensors(request)
    if hint.takes is Takes.REQUEST:
        return [hint.check({each.name: each.nested for each in tensors}, "")]
    if hint.takes is Takes.SINGLE and hint.record:
        return [hint.check(row, f"row {at}") for at, row in enumerate(_rows(tensors))]
    if len(tensors) > 1:
        raise invalid(("inputs", f"The model takes one tensor, not {len(tensors)}"))
    values = tensors[0].nested
    if hint.takes is Takes.BATCH:
        return [hint.check(values, "inputs[0].data")]
    rows = values if isinstance(values, list) else [values]
    return [hint.check(_bytes(row) if hint.binary else row, f"inputs[0].data[{at}]") for at, row in enumerate(rows)]


def _bytes(row: Any) -> Any:
    return unpacked({"b64": row})


def _rows(tensors: list[Tensor]) -> list[dict[str, Any]]:
    """Return one dict a row; a column of one value each, shape [n, 1], counts as [n]."""
    count = tensors[0].shape[0] if tensors[0].shape else 1
    columns = {}
    for at, each in enumerate(tensors):
        size = each.shape[0] if each.shape else 1
        if size != count:
            raise invalid((f"inputs[{at}].shape", f"The first size should be {count} in every input"))
        columns[each.name] = each.flat if len(each.flat) == count else each.nested
    return [{name: values[row] for name, values in columns.items()} for row in range(count)]


def answer(answers: list[Any], hint: Hint, request: dict[str, Any], model: str) -> dict[str, Any]:
    """Return the body of the answer; one that already has `outputs` is only completed."""
    document: dict[str, Any] = {"model_name": model, "model_version": "1"}
    if isinstance(request.get("id"), str):
        document["id"] = request["id"]
    if hint.takes is not Takes.SINGLE:
        whole = answers[0]
        if isinstance(whole, dict) and isinstance(whole.get("outputs"), list):
            return {**document, **whole}
        outputs = _named(whole)
    else:
        outputs = _columns([plain(each, f"answer {at}") for at, each in enumerate(answers)])
    return {**document, "outputs": _wanted([each.document for each in outputs], request)}


def _named(whole: Any) -> list[Tensor]:
    if isinstance(whole, dict) and whole:
        return [make_tensor(str(name), value) for name, value in whole.items()]
    return [make_tensor(OUTPUT, whole)]


def _columns(rows: list[Any]) -> list[Tensor]:
    """Make one tensor a field where every row has the same fields, else one of all rows."""
    if rows and all(isinstance(row, dict) and row and row.keys() == rows[0].keys() for row in rows):
        return [make_tensor(str(name), [row[name] for row in rows]) for name in rows[0]]
    return [make_tensor(OUTPUT, rows)]


def _wanted(outputs: list[dict[str, Any]], request: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the outputs the request asks for, in its order; all if it asks for none."""
    asked = request.get("outputs")
    if not asked:
        return outputs
    known = {each["name"]: each for each in outputs}
    names = (
        [each.get("name") if isinstance(each, dict) else None for each in asked] if isinstance(asked, list) else [None]
    )
    for at, name in enumerate(names):
        if name not in known:
            raise invalid((f"outputs[{at}].name", f"Input should be one of {', '.join(known)}"))
    return [known[name] for name in names]
