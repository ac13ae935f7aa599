import pytest

from deploy_ui.enums import ImageKind
from deploy_ui.i18n.catalog import LANGUAGES
from deploy_ui.services.readmes import outlines, owners
from deploy_ui.services.readmes.outlines import Outline
from deploy_ui.services.schema_fields import SchemaField
from deploy_ui.settings import settings
from deploy_ui.states.readme_sample import fenced, plain, sample
from tests import factories

FIELDS = [
    SchemaField("amount", "number", required=True, description="In | euros"),
    SchemaField("`x`", "any", required=False, description=""),
]
SCHEMA = {"type": "object", "properties": {"amount": {"type": "number", "description": "In euros"}}}


def outline(**values: object) -> Outline:
    known = {
        "name": "Fraud",
        "image": "fraud",
        "url": "http://g/fraud",
        "method": "POST",
        "path": "/predict",
        "command": "curl -X POST 'http://g/fraud/predict'",
        "fields": FIELDS,
    }
    return Outline(**{**known, **values})  # type: ignore[arg-type]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("image", [True, False])
def test_it_speaks_of_its_owner_in_the_readers_language(language: str, image: bool) -> None:  # noqa: FBT001
    text = sample(language, outline(), image=image)
    assert text.startswith("# Fraud\n\n")
    assert "http://g/fraud" in text
    assert "```bash\ncurl -X POST 'http://g/fraud/predict'\n```" in text
    assert "{" not in text.replace("{}", "")


def test_fields_are_a_table_and_without_any_a_sentence() -> None:
    assert "| **amount** | number | yes | In \\| euros |" in sample("en", outline(), image=False)
    assert "| **\\`x\\`** | any | no |  |" in sample("en", outline(), image=False)
    assert "|---" not in sample("en", outline(fields=[]), image=False)


def test_what_people_named_reads_as_it_is() -> None:
    assert plain("a\n# *b* <script>|`$`") == r"a \# \*b\* \<script\>\|\`\$\`"


@pytest.mark.parametrize(("code", "fence"), [("x", "```"), ("a ``` b", "````"), ("`````", "``````")])
def test_a_block_of_code_holds_any_code(code: str, fence: str) -> None:
    assert fenced("bash", code) == f"{fence}bash\n{code}\n{fence}"


def test_a_deployments_outline_has_its_own_address_and_a_call(database: str) -> None:
    assert database
    editor = factories.viewer()
    card = factories.deployment(editor, name="Iris", image_id=factories.image(editor, request_schema=SCHEMA).id)
    found = outlines.outline(editor, owners.of_deployment(card.slug))
    assert (found.name, found.url) == ("Iris", f"{settings().gateway}/iris")
    assert f"'{found.url}/predict'" in found.command
    assert outlines.YOUR_KEY in found.command
    assert found.fields == [SchemaField("amount", "number", required=False, description="In euros")]


def test_an_images_outline_says_where_a_deployment_would_be(database: str) -> None:
    assert database
    editor = factories.viewer()
    image = factories.image(editor, name="web", kind=ImageKind.COMMAND)
    found = outlines.outline(editor, owners.of_image(image.id))
    assert (found.name, found.method, found.path, found.fields) == ("web", "GET", "/", [])
    assert found.url == f"{settings().gateway}/{outlines.YOUR_DEPLOYMENT}"
