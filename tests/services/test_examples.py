"""What can be asked of the examples."""

import pytest

from deploy_ui.errors import NotFound
from deploy_ui.i18n import catalog
from deploy_ui.services import examples
from deploy_ui.services.examples import Example


@pytest.mark.parametrize("example", examples.rows(), ids=lambda each: each.id)
def test_an_example_has_its_texts_in_every_language(example: Example) -> None:
    for language in catalog.LANGUAGES:
        assert {example.title, example.description} <= set(catalog.catalog(language))


@pytest.mark.parametrize("name", ["", ".", "..", "../examples/iris-classifier", "iris-classifier/", "no-such"])
def test_only_an_examples_own_name_finds_it(name: str) -> None:
    for ask in (examples.card, examples.files):
        with pytest.raises(NotFound) as error:
            ask(name)
        assert error.value.code == "example_not_found"
