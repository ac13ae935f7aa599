import pytest

from deploy_ui.i18n.catalog import counted, plural, text


@pytest.mark.parametrize(
    ("count", "form"),
    [(0, "many"), (1, "one"), (2, "few"), (4, "few"), (5, "many"), (11, "many"), (12, "many"), (21, "one"), (22, "few"),
     (111, "many"), (112, "many"), (121, "one")],
)  # fmt: skip
def test_russian_counts_have_three_forms(count: int, form: str) -> None:
    assert plural("ru", count) == form


def test_english_counts_have_two_forms() -> None:
    assert [plural("en", count) for count in (0, 1, 2)] == ["many", "one", "many"]


def test_facts_are_filled_in() -> None:
    assert text("en", "deployments.stopped", name="Fraud scoring") == "“Fraud scoring” stops."


def test_a_fact_that_looks_like_a_placeholder_is_left_alone() -> None:
    assert text("en", "deployments.stopped", name="{name}") == "“{name}” stops."


def test_a_count_is_in_its_text() -> None:
    assert counted("en", "deployments.count", 1) == "1 deployment"
    assert counted("en", "deployments.count", 3) == "3 deployments"
