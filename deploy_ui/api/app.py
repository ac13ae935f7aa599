"""The API as one app; the console mounts itself below it."""

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Match

from deploy_ui.api import (
    alerts,
    callback_secrets,
    calls,
    deployments,
    documentation,
    dotenv_files,
    errors,
    examples,
    exposition,
    health,
    image_files,
    images,
    keys,
    logs,
    metrics,
    people,
    published,
    readmes,
    requests,
    sessions,
    trial_streams,
    trials,
)

VERSION = "1.0.0"
DESCRIPTION = """
Turn serving scripts into images, images into deployments, and watch them.

Sign in with `POST /api/v1/login` and send `Authorization: Bearer <token>`. Lists take `limit`, `cursor` and `search`
and answer `{"items": […], "next": …}`; times are RFC 3339 in UTC. Every error is
`{"error": {"code", "message", "field"?, "facts"?}}`, its message in the language of `Accept-Language` (`en`, `ru`).

A deployment itself is called at the gateway, at the `url` of its card, with a key of its own.
"""
ROUTERS = (
    sessions.programs,
    sessions.browsers,
    examples.router,  # before the images, of which one could be named `from-example`
    images.router,
    image_files.router,
    deployments.router,
    dotenv_files.router,
    trials.router,
    trial_streams.router,
    keys.router,
    alerts.router,
    calls.router,
    callback_secrets.router,
    readmes.of_deployments,
    readmes.of_images,
    published.router,
    logs.router,
    metrics.router,
    requests.router,
    people.router,
    health.router,
    exposition.router,
    documentation.router,
)
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


def api() -> FastAPI:
    """Return the API with its schema and its page."""
    app = FastAPI(
        title="Deploy UI",
        version=VERSION,
        description=DESCRIPTION,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=_operation_id,
    )
    errors.install(app)
    for router in ROUTERS:
        app.include_router(router, responses=errors.answers(422) if router is not health.router else None)
    app.add_api_route("/api/{path:path}", _unknown, methods=METHODS, include_in_schema=False)
    return app


async def _unknown(path: str) -> None:
    """Answer what no route took: in the shape of the API, not with a page of the console."""
    allowed = _allowed_methods(f"/api/{path}")
    if allowed:
        raise HTTPException(405, headers={"allow": ", ".join(allowed)})
    raise HTTPException(404)


def _allowed_methods(path: str) -> list[str]:
    routes = [route for router in ROUTERS for route in router.routes]
    return sorted(method for method in METHODS if any(_takes(route, method, path) for route in routes))


def _takes(route: BaseRoute, method: str, path: str) -> bool:
    match, _ = route.matches({"type": "http", "method": method, "path": path, "root_path": ""})
    return match == Match.FULL


def _operation_id(route: APIRoute) -> str:
    """Name an operation after its function and subject: `deployments_create`."""
    return f"{route.endpoint.__module__.rsplit('.', 1)[-1]}_{route.name}"
