"""Tensors of the Open Inference Protocol (KServe v2, Triton): JSON in and out, with nested lists in between."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .json_out import plain, to_json
from .refusals import Refusal, invalid

INTEGERS = {
    **{f"INT{bits}": (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) for bits in (8, 16, 32, 64)},
    **{f"UINT{bits}": (0, 2**bits - 1) for bits in (8, 16, 32, 64)},
}
FLOATS = frozenset({"FP16", "FP32", "FP64", "BF16"})
DATATYPES = ("BOOL", *INTEGERS, *sorted(FLOATS), "BYTES")
MOST_DIMENSIONS = 32
MOST_EMPTY = 10_000
"""How many empty lists an empty tensor may become."""
NUMPY = {"bool": "BOOL", "float16": "FP16", "float32": "FP32", "float64": "FP64"}
"""Names of numpy's types; the integers' are theirs in capitals."""


@dataclass(frozen=True)
class Tensor:
    """One named tensor."""

    name: str
    shape: tuple[int, ...]
    datatype: str
    flat: list[Any]

    @property
    def nested(self) -> Any:
        """The values as lists in lists, as the shape says."""
        return _nested(self.flat, self.shape)

    @property
    def document(self) -> dict[str, Any]:
        """The tensor as the protocol writes it."""
        return {"name": self.name, "shape": list(self.shape), "datatype": self.datatype, "data": self.flat}


def read_tensors(request: Any) -> list[Tensor]:
    """Return the request's inputs, or raise `invalid_payload` naming the field."""
    if not isinstance(request, dict):
        raise invalid(("payload", "Input should be an object"))
    inputs = request.get("inputs")
    if not isinstance(inputs, list) or not inputs:
        raise invalid(("inputs", "Input should be a list with at least one tensor"))
    tensors = [_read(each, f"inputs[{at}]") for at, each in enumerate(inputs)]
    names = [each.name for each in tensors]
    for at, name in enumerate(names):
        if name in names[:at]:
            raise invalid((f"inputs[{at}].name", "Another input has the same name"))
    return tensors


def _nested(flat: list[Any], shape: tuple[int, ...]) -> Any:
    if len(shape) <= 1:
        return flat if shape else flat[0]
    step = math.prod(shape[1:])
    return [_nested(flat[at * step : (at + 1) * step], shape[1:]) for at in range(shape[0])]


def _read(given: Any, path: str) -> Tensor:
    if not isinstance(given, dict):
        raise invalid((path, "Input should be an object"))
    name, datatype = given.get("name"), given.get("datatype")
    if not isinstance(name, str) or not name:
        raise invalid((f"{path}.name", "Input should be a name"))
    shape = _read_shape(given.get("shape"), f"{path}.shape")
    if datatype not in DATATYPES:
        raise invalid((f"{path}.datatype", f"Input should be one of {', '.join(DATATYPES)}"))
    if not isinstance(given.get("data"), list):
        raise invalid((f"{path}.data", "Input should be a list of values; binary tensors are not supported"))
    flat = list(_flat(given["data"], f"{path}.data"))
    if len(flat) != math.prod(shape):
        raise invalid((f"{path}.data", f"{len(flat)} values do not fill the shape {list(shape)}"))
    return Tensor(name, shape, datatype, _checked(flat, datatype, f"{path}.data"))


def _read_shape(shape: Any, path: str) -> tuple[int, ...]:
    if not isinstance(shape, list) or not all(type(size) is int and size >= 0 for size in shape):
        raise invalid((path, "Input should be a list of sizes"))
    if len(shape) > MOST_DIMENSIONS:
        raise invalid((path, f"Tensors have at most {MOST_DIMENSIONS} sizes"))
    if 0 in shape and math.prod(shape[: shape.index(0)]) > MOST_EMPTY:
        raise invalid((path, "An empty tensor of this shape is too large"))
    return tuple(shape)


def _flat(values: list[Any], path: str, depth: int = 1) -> Iterator[Any]:
    if depth > MOST_DIMENSIONS:
        raise invalid((path, f"Lists are nested deeper than {MOST_DIMENSIONS}"))
    for each in values:
        if isinstance(each, list):
            yield from _flat(each, path, depth + 1)
        else:
            yield each


def _checked(flat: list[Any], datatype: str, path: str) -> list[Any]:
    kinds = set(map(type, flat))
    if datatype in INTEGERS:
        low, high = INTEGERS[datatype]
        if not kinds <= {int} or (flat and not (low <= min(flat) and max(flat) <= high)):
            raise invalid((path, f"Every value should be an integer from {low} to {high}"))
    elif datatype in FLOATS:
        if not kinds <= {int, float}:
            raise invalid((path, "Every value should be a number"))
        return [float(each) for each in flat] if int in kinds else flat
    elif not kinds <= {bool if datatype == "BOOL" else str}:
        raise invalid((path, f"Every value should be {'true or false' if datatype == 'BOOL' else 'a string'}"))
    return flat


def make_tensor(name: str, value: Any) -> Tensor:
    """Make a tensor of an array, a list of lists or one value. What has no regular shape becomes strings of JSON."""
    datatype = _numpy_datatype(value)
    values = plain(value, name)
    shape, flat = _shape(values)
    if shape is None:
        return Tensor(name, (len(values),), "BYTES", [_text(each, name) for each in values])
    if datatype is None:
        datatype, flat = _datatype(flat, name)
    return Tensor(name, shape or (1,), datatype, flat)


def _numpy_datatype(value: Any) -> str | None:
    name = str(getattr(value, "dtype", "")).removeprefix("torch.")
    return NUMPY.get(name) or (name.upper() if name.upper() in INTEGERS else None)


def _shape(values: Any) -> tuple[tuple[int, ...] | None, list[Any]]:
    """Return the shape and the flat values; None for a list whose parts differ in form."""
    if not isinstance(values, list):
        return (None, []) if isinstance(values, dict) else ((), [values])
    parts = [_shape(each) for each in values]
    inner = {shape for shape, _ in parts} or {()}
    if len(inner) > 1 or None in inner:
        return None, []
    return (len(values), *(inner.pop() or ())), [each for _, flat in parts for each in flat]


def _datatype(flat: list[Any], name: str) -> tuple[str, list[Any]]:
    kinds = set(map(type, flat))
    if kinds <= {bool} and flat:
        return "BOOL", flat
    if kinds <= {int} and flat:
        low, high = INTEGERS["INT64"]
        if low <= min(flat) and max(flat) <= high:
            return "INT64", flat
        raise Refusal(500, "answer_not_json", f"{name} holds an integer of more than 64 bits.", path=name, type="int")
    if kinds <= {int, float}:
        return "FP64", [float(each) for each in flat]
    return "BYTES", [_text(each, name) for each in flat]


def _text(value: Any, name: str) -> str:
    return value if isinstance(value, str) else to_json(value, name).decode()
