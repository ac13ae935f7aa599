"""Programs to start from for whoever calls asynchronously: real files, with the deployment's address in them."""

from dataclasses import dataclass
from pathlib import Path

from deploy_ui.services import deployments
from deploy_ui.services.viewer import Viewer

FOLDER = Path(__file__).parents[2] / "recipes"
ADDRESS = "https://models.example.org/fraud-scoring"
"""What stands in the files for the deployment's."""
NAMES = ("call", "cancel", "webhook")
LANGUAGES = {"bash": "sh", "python": "py"}


@dataclass(frozen=True)
class Recipe:
    """One program. It takes `KEY`, or `SECRET` for callbacks, from its environment, and `URL` if that is another."""

    name: str
    """Of `NAMES`: submit, poll and fetch; cancel; check a callback."""
    language: str
    """Of `LANGUAGES`."""
    file: str
    """The name of its file."""
    text: str


def rows(viewer: Viewer, slug: str) -> list[Recipe]:
    """Return every recipe in every language, in the order to read them."""
    address = deployments.card(viewer, slug).url.rstrip("/")
    return [_recipe(name, language, address) for name in NAMES for language in LANGUAGES]


def _recipe(name: str, language: str, address: str) -> Recipe:
    file = f"{name}.{LANGUAGES[language]}"
    return Recipe(name, language, file, (FOLDER / file).read_text().replace(ADDRESS, address))
