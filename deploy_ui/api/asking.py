"""Who asks: a program with a token, or a browser with the session's cookie."""

from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import APIKeyCookie, HTTPAuthorizationCredentials, HTTPBearer

from deploy_ui.api.origin import SAFE_METHODS, is_our_page
from deploy_ui.errors import Forbidden, SignedOut
from deploy_ui.services import sessions
from deploy_ui.services.viewer import Viewer
from deploy_ui.settings import settings

bearer = HTTPBearer(auto_error=False, scheme_name="token", description="The token of `POST /api/v1/login`.")
cookie = APIKeyCookie(
    name=sessions.COOKIE,
    auto_error=False,
    scheme_name="session",
    description="The cookie of `POST /api/session`. Changes must come from the console's own pages (`Origin`).",
)


def session_token(
    request: Request,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Security(bearer)],
    in_cookie: Annotated[str | None, Security(cookie)],
) -> str:
    """Return the token of whoever asks. Raises SignedOut without one, Forbidden for another site's use of a cookie."""
    if credentials is not None:
        return credentials.credentials
    if in_cookie is None:
        raise SignedOut("signed_out")
    require_own_page(request)
    return in_cookie


def require_own_page(request: Request) -> None:
    """Raise unless a change is asked for by a page of the console itself: browsers send cookies for others too."""
    if request.method not in SAFE_METHODS and not is_our_page(request.headers, settings().console):
        raise Forbidden("foreign_origin")


def current_viewer(token: Annotated[str, Depends(session_token)]) -> Viewer:
    """Return who asks, as they are now."""
    viewer = sessions.viewer(token)
    if viewer is None:
        raise SignedOut("signed_out")
    return viewer


def caller_address(request: Request) -> str:
    """Return where the request came from, for the limit on wrong passwords."""
    return request.client.host if request.client else ""


Asking = Annotated[Viewer, Depends(current_viewer)]
Token = Annotated[str, Depends(session_token)]
Address = Annotated[str, Depends(caller_address)]
