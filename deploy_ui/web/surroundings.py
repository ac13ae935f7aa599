"""What the console's own app is wrapped in: the built pages, the API, the guards."""

from typing import Any

from reflex.utils.exec import get_frontend_mount
from starlette.applications import Starlette
from starlette.types import ASGIApp

from deploy_ui import build_pages
from deploy_ui.api import log_downloads, log_sockets
from deploy_ui.api.app import api
from deploy_ui.api.trial_forms import MOST_REQUEST
from deploy_ui.services.readmes import pictures
from deploy_ui.settings import settings
from deploy_ui.web.guards import AnswerHeaders, BodyLimit, SameOrigin
from deploy_ui.web.sockets import SessionSockets

MB = 1024 * 1024
BODY_LIMIT = 4 * MB
UPLOADS = "/api/v1/images"
FORM_OVERHEAD = MB
"""What a form's own lines add to the files in it."""
PICTURES = r"/api/v1/(?:deployments|images)/[^/]+/readme/files"
PICTURE_LIMIT = pictures.MOST_BYTES + 64 * 1024
"""One picture and the few lines around it; rounded down it is what people are told."""
TRIALS = r"/api/trials/[^/]+"
"""What may be sent on to the gateway may come here, with the words around it."""
COMMANDS = r"/api/v1/deployments/[^/]+/curl"


def transformers() -> list[Any]:
    """Return the wrappers in order, the outermost last. They run when the server starts, not when pages are built."""
    return [_with_pages, _with_api, SessionSockets, _limited, _dressed, _guarded]


def _with_pages(app: Starlette) -> Starlette:
    app.routes.append(get_frontend_mount())
    return app


def _with_api(app: ASGIApp) -> Starlette:
    made = api()
    # before the API's own last route, which takes every other address
    made.router.routes[:0] = [*log_sockets.ROUTES, *log_downloads.ROUTES]
    made.mount("", app)
    return made


def _limited(app: ASGIApp) -> ASGIApp:
    current = settings()
    others = {
        UPLOADS: current.max_upload_mb * MB + FORM_OVERHEAD,
        PICTURES: PICTURE_LIMIT,
        TRIALS: current.max_body_mb * MB + MOST_REQUEST,
        COMMANDS: MOST_REQUEST,
    }
    return BodyLimit(app, limit=BODY_LIMIT, others=others)


def _dressed(app: ASGIApp) -> ASGIApp:
    built = build_pages.built()
    return AnswerHeaders(app, script_hashes=built.script_hashes if built else [], framed=settings().grafana_url)


def _guarded(app: ASGIApp) -> ASGIApp:
    return SameOrigin(app, console=settings().console)
