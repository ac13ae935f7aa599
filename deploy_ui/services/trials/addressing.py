"""Where a test request goes and what opens the door: a key of the console's own, unless the headers bring one."""

from deploy_ui.enums import Role
from deploy_ui.services import keys
from deploy_ui.services.trials import bodies
from deploy_ui.services.trials.request import KEY_HEADERS, Trial
from deploy_ui.services.viewer import Viewer

Lines = list[tuple[str, str]]


def headers(viewer: Viewer, slug: str, trial: Trial, boundary: str) -> Lines:
    """Return all headers of the request, with what opens the deployment. Only an EDITOR gets them."""
    viewer.require(Role.EDITOR)
    given = with_type(trial, boundary)
    if any(name.lower() in KEY_HEADERS for name, _ in given):
        return given
    return [*given, ("X-API-Key", keys.console_key(viewer, slug))]


def with_type(trial: Trial, boundary: str) -> Lines:
    """Return the person's headers; the one that tells of the body is in its place, or first."""
    lines = [(each.name, each.value) for each in trial.given_headers]
    told = bodies.content_type(trial, boundary)
    if not trial.content_type:
        rest = [each for each in lines if each[0].lower() != "content-type"]
        return [("Content-Type", told), *rest] if told else lines
    return [(name, told if name.lower() == "content-type" else value) for name, value in lines]
