"""What an answer's headers say of its body. They are the model's: hostile."""

from collections.abc import Iterable, Sequence

Headers = Iterable[Sequence[str]]


def header(headers: Headers, name: str) -> str:
    """Return the first header of this name, which is lower case; empty without one."""
    return next((value for each, value in headers if each.lower() == name), "")


def content_type(headers: Headers) -> str:
    """Return the content type as the model wrote it."""
    return header(headers, "content-type")


def encoding(headers: Headers) -> str:
    """Return how the body is packed, in lower case; empty if it is not."""
    named = header(headers, "content-encoding").strip().lower()
    return "" if named == "identity" else named


def media_type(content_type: str) -> str:
    """Return a content type without its parameters, in lower case."""
    return content_type.partition(";")[0].strip().lower()


def charset(content_type: str) -> str:
    """Return the alphabet that a content type names, in lower case; empty without one."""
    for parameter in content_type.split(";")[1:]:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip('"').lower()
    return ""


def is_json(headers: Headers) -> bool:
    """Say whether the answer calls itself JSON and is not packed."""
    headers = list(headers)
    kind = media_type(content_type(headers))
    named = kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))
    return named and not encoding(headers)
