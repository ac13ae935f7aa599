"""The texts that the API test tab says in the browser by itself."""

import reflex as rx

from deploy_ui.i18n.catalog import DEFAULT, catalog, facts_of
from deploy_ui.i18n.ui import t

TABLE = "test."
ERRORS = ("trial_path", "header_name", "header_value", "body_not_json")
"""What the browser finds by itself, said as the API says it."""
COMMON = ("copied", "copy")


def words() -> dict[str, rx.Var[str]]:
    """Return every text of the tab by its own name, its facts left open for the browser."""
    own = {key.removeprefix(TABLE): _open(key) for key in catalog(DEFAULT) if key.startswith(TABLE)}
    return own | {code: _open(f"error.{code}") for code in ERRORS} | {name: t(f"common.{name}") for name in COMMON}


def _open(key: str) -> rx.Var[str]:
    return t(key, **{fact: f"{{{fact}}}" for fact in facts_of(key)})
