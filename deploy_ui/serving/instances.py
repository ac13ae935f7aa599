"""`POST /v1/models/{name}:predict`, the protocol of TensorFlow Serving and KServe.

How a batch reaches `predict` is decided by its payload's hint (`hints.py`): everything as one dict, as KServe does; the
list; or one instance at a time. A dict that answers all is given as it is; anything else becomes `{"predictions": …}`.
"""

import base64
import binascii
from typing import Any

from .hints import Hint, Takes
from .refusals import bad_request, invalid

NAMES = ("instances", "inputs")
"""What the list may be called; KServe takes both."""


def payloads(request: Any, hint: Hint) -> list[Any]:
    """Return what `predict` is called with, once for each."""
    if not isinstance(request, dict):
        raise bad_request('The body has to be an object: {"instances": […]}.')
    name = next((each for each in NAMES if each in request), None)
    if name is None:
        raise bad_request('The body has no "instances".')
    if not isinstance(request[name], list):
        raise invalid((name, "Input should be a list"))
    if hint.takes is Takes.REQUEST:
        return [hint.check(request, "")]
    if hint.takes is Takes.BATCH:
        return [hint.check(request[name], name)]
    return [
        hint.check(unpacked(each) if hint.binary else each, f"{name}[{at}]") for at, each in enumerate(request[name])
    ]


def unpacked(instance: Any) -> Any:
    """Return the bytes of `{"b64": "…"}`, the form for bytes inside JSON; anything else as it is."""
    if not (isinstance(instance, dict) and isinstance(instance.get("b64"), str)):
        return instance
    try:
        return base64.b64decode(instance["b64"], validate=True)
    except (binascii.Error, ValueError):
        return instance


def answer(answers: list[Any], hint: Hint) -> Any:
    """Return the body of the answer."""
    if hint.takes is Takes.SINGLE:
        return {"predictions": answers}
    if isinstance(answers[0], dict) and (hint.takes is Takes.REQUEST or "predictions" in answers[0]):
        return answers[0]
    return {"predictions": answers[0]}
