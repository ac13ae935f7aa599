"""Every text is there in both languages, and every error has one."""

import ast
import inspect
import re
from enum import StrEnum
from typing import NamedTuple

import pytest

from deploy_ui import enums, errors
from deploy_ui.builds import failures, imports
from deploy_ui.builds.base import BuildFailed
from deploy_ui.enums import alerts
from deploy_ui.i18n.catalog import LANGUAGES, catalog, facts_of
from tests import tree

CYRILLIC = re.compile("[\u0400-\u04ff]")
FORMS = ("one", "few", "many")


def base_key(key: str) -> str:
    """Return the key without its counting form: languages differ in which forms they need."""
    head, _, form = key.rpartition(".")
    return head if form in FORMS else key


def test_the_catalogues_have_the_same_keys() -> None:
    keys = {language: {base_key(key) for key in catalog(language)} for language in LANGUAGES}
    assert keys["en"] ^ keys["ru"] == set()


def test_every_counted_text_has_the_forms_of_its_language() -> None:
    forms = {"en": {"one", "many"}, "ru": {"one", "few", "many"}}
    for language in LANGUAGES:
        counted = {base_key(key) for key in catalog(language) if base_key(key) != key}
        lacking = [
            f"{key}.{form}" for key in counted for form in forms[language] if f"{key}.{form}" not in catalog(language)
        ]
        assert (language, lacking) == (language, [])


def test_the_texts_of_one_key_hold_the_same_facts() -> None:
    def facts(language: str) -> dict[str, set[str]]:
        return {key: set(facts_of(key, language)) for key in catalog(language)}

    english, russian = facts("en"), facts("ru")
    assert {key: (english[key], russian[key]) for key in english.keys() & russian if english[key] != russian[key]} == {}


def test_no_text_is_empty() -> None:
    assert [key for language in LANGUAGES for key, text in catalog(language).items() if not text.strip()] == []


def test_no_text_is_only_in_english_by_mistake() -> None:
    same = {key for key, text in catalog("ru").items() if not CYRILLIC.search(text) and re.search("[a-z]{4}", text)}
    product_words = {key for key in same if catalog("en").get(key) == catalog("ru")[key]}
    assert same - product_words == set()


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("phase", enums.Phase),
        ("instance_status", enums.InstanceStatus),
        ("image_status", enums.ImageStatus),
        ("key_status", enums.KeyStatus),
        ("image_kind", enums.ImageKind),
        ("role", enums.Role),
        ("reason", enums.Reason),
        ("variable_change", enums.VariableChange),
        ("call_status", enums.CallStatus),
        ("call_reason", enums.CallReason),
        ("call_priority", enums.CallPriority),
        ("callback_status", enums.CallbackStatus),
        ("alerts.kind", alerts.AlertKind),
        ("alerts.fires", alerts.AlertKind),
        ("alerts.rule", alerts.AlertKind),
        ("alerts.outcome", alerts.AlertEnd),
        ("alerts.mail.subject", alerts.NoticeEvent),
    ],
)
def test_every_word_that_people_see_has_a_text(table: str, words: type[StrEnum]) -> None:
    assert [word for word in words if word and f"{table}.{word}" not in catalog("en")] == []


class Said(NamedTuple):
    """One place where a text is asked for by a key written there."""

    where: str
    key: str
    facts: frozenset[str] | None
    """None when the call passes facts on that this test cannot see."""


SAYING = {"t": 0, "t_count": 0, "text": 1, "counted": 1}
"""The functions that give a text, with the place of the key among their arguments."""
COUNTING = {"t_count", "counted"}


def said() -> list[Said]:
    """Return every place in the tree where a text is asked for."""
    places = []
    for path in tree.python("deploy_ui"):
        for node in ast.walk(tree.parsed(path)):
            if isinstance(node, ast.Call) and (name := tree.called(node)) in SAYING and len(node.args) > SAYING[name]:
                given = {keyword.arg for keyword in node.keywords} | ({"count"} if name in COUNTING else set())
                facts = None if None in given else frozenset(each for each in given if each)
                keys = codes_in(node.args[SAYING[name]])
                forms = [f"{key}.many" if name in COUNTING else key for key in keys]
                places += [Said(f"{path.relative_to(tree.ROOT)}:{node.lineno}", key, facts) for key in forms]
    return places


def test_every_text_that_is_asked_for_is_there() -> None:
    places = said()
    assert len(places) > 50
    assert [place for place in places if place.key not in catalog("en")] == []


def test_every_text_is_given_the_facts_it_holds() -> None:
    places = [place for place in said() if place.facts is not None and place.key in catalog("en")]
    lacking = {place.where: set(facts_of(place.key)) - (place.facts or set()) for place in places}
    assert {where: facts for where, facts in lacking.items() if facts} == {}


class Raised(NamedTuple):
    """One place where an error with a code is made."""

    where: str
    code: str
    facts: frozenset[str] | None
    """None when the call passes facts on that this test cannot see."""


def error_classes() -> dict[str, frozenset[str]]:
    """Return every class that carries a code, with the facts it names itself."""
    own = {"Invalid": frozenset({"field"}), "TooMany": frozenset({"retry_after_s"})}
    found = [each for _, each in inspect.getmembers(errors, inspect.isclass) if issubclass(each, errors.AppError)]
    return {each.__name__: own.get(each.__name__, frozenset()) for each in [*found, BuildFailed]}


def raised() -> list[Raised]:
    """Return every place in the tree where an error is made with a code written there."""
    classes, places = error_classes(), []
    for path in tree.python("deploy_ui"):
        for node in ast.walk(tree.parsed(path)):
            if isinstance(node, ast.Call) and node.args and (name := tree.called(node)) in classes:
                given = {keyword.arg for keyword in node.keywords}
                facts = None if None in given else frozenset(each for each in given if each) | classes[name]
                where = f"{path.relative_to(tree.ROOT)}:{node.lineno}"
                places += [Raised(where, code, facts) for code in codes_in(node.args[0])]
    return places


def codes_in(node: ast.expr) -> list[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    return [*codes_in(node.body), *codes_in(node.orelse)] if isinstance(node, ast.IfExp) else []


def test_every_code_that_is_raised_has_a_text() -> None:
    places = raised()
    assert len(places) > 50
    assert [place for place in places if f"error.{place.code}" not in catalog("en")] == []


def test_every_code_of_a_build_that_is_looked_up_has_a_text() -> None:
    codes = {code for _, code in failures.CODES} | imports.CODES
    assert {code for code in codes if f"error.{code}" not in catalog("en")} == set()


def test_a_text_asks_for_no_fact_that_its_error_does_not_carry() -> None:
    places = [place for place in raised() if place.facts is not None and f"error.{place.code}" in catalog("en")]
    asked = {place: set(facts_of(f"error.{place.code}")) - (place.facts or set()) for place in places}
    assert {place.where: facts for place, facts in asked.items() if facts} == {}


def test_no_error_text_is_left_over() -> None:
    said = {
        node.value
        for path in tree.python("deploy_ui")
        for node in ast.walk(tree.parsed(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    said |= {word for path in tree.files({".js"}) for word in re.findall(r"[a-z_]+", path.read_text())}
    codes = {key.removeprefix("error.") for key in catalog("en") if key.startswith("error.")}
    assert {code for code in codes if code not in said and f"error.{code}" not in said} == set()
