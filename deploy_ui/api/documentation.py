"""The API's page for people: Swagger UI out of a wheel, so nothing is fetched from another site.

The content security policy forbids inline scripts: the page's own script is a file, too.
"""

from importlib import util
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse, HTMLResponse
from starlette.exceptions import HTTPException

router = APIRouter(prefix="/api/docs", include_in_schema=False)

OWN = Path(__file__).parent / "page"
FILES = {"start.js": OWN, "page.css": OWN, "swagger-ui-bundle.js": None, "swagger-ui.css": None}
CACHE = {"cache-control": "no-cache"}
"""Asked for again each time, and answered with 304 if it is the same."""


@router.get("")
async def page() -> HTMLResponse:
    """Return the page."""
    return HTMLResponse((OWN / "index.html").read_text())


@router.get("/{name}")
async def file(name: str) -> FileResponse:
    """Return one of the page's files."""
    if name not in FILES:
        raise HTTPException(404)
    return FileResponse((FILES[name] or _swagger()) / name, headers=CACHE)


def _swagger() -> Path:
    """Return the folder of Swagger UI without importing the package around it."""
    spec = util.find_spec("fastapi_offline")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("fastapi_offline")
    return Path(spec.origin).parent / "static"
