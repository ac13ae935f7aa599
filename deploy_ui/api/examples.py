"""Examples that people can start from."""

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from deploy_ui.api.asking import Asking
from deploy_ui.api.errors import answers
from deploy_ui.api.language import accepted
from deploy_ui.api.shapes import Body, Listing
from deploy_ui.enums import ImageKind
from deploy_ui.i18n import catalog
from deploy_ui.services import examples
from deploy_ui.services.examples import Example
from deploy_ui.services.image_cards import ImageCard

router = APIRouter(prefix="/api/v1", tags=["Images"], responses=answers(401))


class ExampleRow(BaseModel):
    """One example, with a request that it answers once it runs."""

    id: str = Field(examples=["iris-classifier"])
    kind: ImageKind
    title: str
    description: str
    request_method: str
    request_path: str
    request_content_type: str
    request_body: str


class FromExample(Body):
    """Which example to make an image of."""

    example: str = Field(examples=["iris-classifier"])
    name: str = Field(default="", description="The image's name; the example's if empty.")


@router.get("/examples")
def listing(_: Asking, request: Request) -> Listing[ExampleRow]:
    """List the examples, simplest first."""
    language = accepted(request.headers.get("accept-language"))
    return Listing.whole([_row(example, language) for example in examples.rows()])


@router.post("/images/from-example", status_code=201, responses=answers(403, 404, 409))
def create(viewer: Asking, body: FromExample) -> ImageCard:
    """Make an image of an example; its build starts at once."""
    return examples.create(viewer, body.example, name=body.name)


def _row(example: Example, language: str) -> ExampleRow:
    told = {"title": catalog.text(language, example.title), "description": catalog.text(language, example.description)}
    return ExampleRow.model_validate(vars(example) | told)
