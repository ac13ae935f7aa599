"""Names that people give to things: free, but never able to break a line or to pose as another name."""

import unicodedata

from deploy_ui.errors import Invalid

LONGEST_NAME = 63
UNPRINTABLE = {"Cc", "Cs", "Co", "Zl", "Zp"}
JOINERS = {"\u200c", "\u200d", *map(chr, range(0xE0020, 0xE0080))}
"""Invisible characters that emoji and some scripts are written with; other ones can turn the reading order."""

BLANK = {"\u115f", "\u1160", "\u2800", "\u3164", "\uffa0"}
"""Letters and symbols by their category that are drawn as nothing: Hangul fillers, the empty Braille pattern."""


def checked_name(name: str, *, field: str = "name", longest: int = LONGEST_NAME) -> str:
    """Return the name without outer spaces, or raise Invalid."""
    clean = unicodedata.normalize("NFC", name.strip())
    if not clean:
        raise Invalid("name_missing", field=field)
    if len(clean) > longest:
        raise Invalid("name_too_long", field=field, longest=longest)
    if not all(map(_printable, clean)) or not any(map(_visible, clean)):
        raise Invalid("name_unprintable", field=field)
    return clean


def _printable(character: str) -> bool:
    category = unicodedata.category(character)
    return category not in UNPRINTABLE and (category != "Cf" or character in JOINERS)


def _visible(character: str) -> bool:
    """Say whether a reader sees something: neither a space nor what only joins or fills."""
    return character not in BLANK and unicodedata.category(character)[0] not in {"C", "M", "Z"}
