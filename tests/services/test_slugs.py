from concurrent.futures import ThreadPoolExecutor

import pytest

from deploy_ui.errors import Conflict, Invalid
from deploy_ui.services import deployments
from deploy_ui.services.deployments import NewDeployment
from tests import factories

CHURN = "\u041e\u0442\u0442\u043e\u043a"
"""The Russian word for it."""
CYRILLIC_A = "\u0430"
"""Looks like the Latin one."""

pytestmark = pytest.mark.usefixtures("database")


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Iris", "iris"),
        (f"{CHURN} \N{NUMERO SIGN}5", "ottok-no5"),
        ('A "quoted" name', "a-quoted-name"),
        ("x" * 63, "x" * 40),
    ],
)
def test_a_slug_is_made_from_the_name(name: str, slug: str) -> None:
    assert factories.deployment(name=name).slug == slug


def test_a_name_of_emoji_alone_still_gets_a_slug() -> None:
    card = factories.deployment(name="👩‍💻🚀")
    assert card.name == "👩‍💻🚀"
    assert card.slug.startswith("deployment-")


def test_a_slug_is_never_used_again() -> None:
    editor = factories.viewer()
    for expected in ("iris", "iris-2", "iris-3"):
        card = factories.deployment(editor, name="Iris")
        assert card.slug == expected
        deployments.delete(editor, card.slug)


def test_a_long_slug_keeps_its_length_with_a_number_behind_it() -> None:
    editor = factories.viewer()
    slugs = [factories.deployment(editor, name="x" * 50 + str(number)).slug for number in range(3)]
    assert slugs == ["x" * 40, "x" * 38 + "-2", "x" * 38 + "-3"]


def test_a_chosen_slug_is_taken_as_it_is_and_only_once() -> None:
    editor = factories.viewer()
    assert factories.deployment(editor, slug="my-own").slug == "my-own"
    with pytest.raises(Conflict) as caught:
        factories.deployment(editor, slug="my-own")
    assert (caught.value.code, caught.value.facts) == ("slug_taken", {"slug": "my-own"})


@pytest.mark.parametrize("slug", ["-a", "a-", "a--b", "A", "a_b", "a/b", "..", "a" * 41, CYRILLIC_A])
def test_a_chosen_slug_must_fit_an_address(slug: str) -> None:
    with pytest.raises(Invalid) as caught:
        factories.deployment(slug=slug)
    assert (caught.value.code, caught.value.field) == ("slug_wrong", "slug")


def test_names_that_make_the_same_slug_at_once_get_different_ones() -> None:
    editor = factories.viewer()
    image = factories.image(editor)
    names = ["Iris", "iris", "IRIS", "Iris!"]
    with ThreadPoolExecutor(4) as pool:
        cards = pool.map(lambda name: deployments.create(editor, NewDeployment(name=name, image=image.id)), names)
        assert sorted(card.slug for card in cards) == ["iris", "iris-2", "iris-3", "iris-4"]
