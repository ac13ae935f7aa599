"""Takes credentials out of text that people will read: index addresses may hold a name and a password."""

import re

CREDENTIALS = re.compile(r"(?<=://)[^/\s]+@")


def redact(text: str) -> str:
    """Return the text with the credentials of every address in it replaced."""
    return CREDENTIALS.sub("***@", text)
