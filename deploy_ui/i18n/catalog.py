"""The texts, without Reflex: `text("ru", "status.running")`.

A key is `table.name` in `en.toml` and `ru.toml`; facts are `{name}` in the text. A text that counts has the forms
`key.one`, `key.few`, `key.many` (English uses `one` and `many`) and is read with `counted`.
"""

import functools
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

LANGUAGES = ("en", "ru")
DEFAULT = "en"
FACT = re.compile(r"\{([a-z_]+)\}")


@functools.cache
def catalog(language: str) -> dict[str, str]:
    """Return every text of one language by its key."""
    with Path(__file__).with_name(f"{language}.toml").open("rb") as file:
        return dict(_flat(tomllib.load(file)))


def text(language: str, key: str, /, **facts: object) -> str:
    """Return one text with its facts filled in. A fact that was not given stays visible as `{name}`."""
    return FACT.sub(lambda found: str(facts.get(found[1], found[0])), catalog(language)[key])


def has(key: str) -> bool:
    """Say whether there is such a text."""
    return key in catalog(DEFAULT)


def error_text(language: str, code: str, facts: Mapping[str, object]) -> str:
    """Return the text of an error's code; one that has none is named by its code."""
    key = f"error.{code}" if has(f"error.{code}") else "error.unknown"
    readable = {name: ", ".join(map(str, fact)) if isinstance(fact, list) else fact for name, fact in facts.items()}
    return text(language, key, **{"code": code, **readable})


def counted(language: str, key: str, count: int, **facts: object) -> str:
    """Return the form of a text that fits a number; `{count}` is the number."""
    return text(language, f"{key}.{plural(language, count)}", count=count, **facts)


def plural(language: str, count: int) -> str:
    """Return `one`, `few` or `many`: the form that a noun takes beside this number."""
    if language == "ru":
        tens, ones = count % 100, count % 10
        if ones == 1 and tens != 11:  # noqa: PLR2004
            return "one"
        return "few" if ones in {2, 3, 4} and tens not in {12, 13, 14} else "many"
    return "one" if count == 1 else "many"


def facts_of(key: str, language: str = DEFAULT) -> list[str]:
    """Return the names of the facts that a text needs, in their order."""
    return FACT.findall(catalog(language)[key])


def _flat(table: dict[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for name, value in table.items():
        if isinstance(value, dict):
            pairs.extend(_flat(value, f"{prefix}{name}."))
        else:
            pairs.append((prefix + name, value))
    return pairs
