"""Signing in and out, for programs (a token) and browsers (a cookie), and the first admin."""

from typing import Annotated

from fastapi import APIRouter, Cookie, Request, Response
from pydantic import Field

from deploy_ui.api.asking import Address, Asking, Token, require_own_page
from deploy_ui.api.errors import answers
from deploy_ui.api.shapes import Body
from deploy_ui.enums import Role
from deploy_ui.services import people, sessions
from deploy_ui.services.sessions import COOKIE, NewSession
from deploy_ui.settings import settings

programs = APIRouter(prefix="/api/v1", tags=["Sign-in"])
browsers = APIRouter(prefix="/api", tags=["Sign-in"])

Secret = Annotated[str, Field(repr=False, examples=["correct horse battery staple"])]


class Credentials(Body):
    """Who wants to sign in."""

    email: str = Field(examples=["ada@example.org"])
    password: Secret


class NewAdmin(Credentials):
    """The first person, made with the one-time link."""

    token: str = Field(repr=False, description="What follows `#` in the set-up link.")
    name: str = Field(examples=["Ada Lovelace"])


class NewToken(Body):
    """A token for programs."""

    token: str
    expires_at: str


class Me(Body):
    """Who is signed in."""

    email: str
    name: str
    role: Role


@programs.post("/login", responses=answers(401, 429))
def login(credentials: Credentials, address: Address) -> NewToken:
    """Sign in as a program; send the token as `Authorization: Bearer …`."""
    new = sessions.sign_in(credentials.email, credentials.password, address=address)
    return NewToken(token=new.token, expires_at=new.expires_at.isoformat())


@programs.post("/logout", status_code=204, responses=answers(401))
def logout(token: Token) -> None:
    """End the session that the request itself uses."""
    sessions.sign_out(token)


@programs.get("/me", responses=answers(401))
def me(viewer: Asking) -> Me:
    """Return who asks."""
    return Me(email=viewer.email, name=viewer.name, role=viewer.role)


@browsers.post("/session", responses=answers(401, 403, 429))
def sign_in(credentials: Credentials, request: Request, response: Response, address: Address) -> Me:
    """Sign in as a browser: the answer sets the session's cookie."""
    require_own_page(request)
    return _begin(response, sessions.sign_in(credentials.email, credentials.password, address=address))


@browsers.delete("/session", status_code=204, responses=answers(403))
def sign_out(request: Request, response: Response, token: Annotated[str | None, Cookie(alias=COOKIE)] = None) -> None:
    """End the browser's session and all its open pages; twice is fine."""
    require_own_page(request)
    if token:
        sessions.sign_out(token)
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict", secure=_secure())


@browsers.post("/setup", status_code=201, responses=answers(403, 404, 429))
def set_up(new: NewAdmin, request: Request, response: Response, address: Address) -> Me:
    """Make the first admin with the one-time link, and sign them in."""
    require_own_page(request)
    people.set_up(new.token, email=new.email, name=new.name, password=new.password)
    return _begin(response, sessions.sign_in(new.email, new.password, address=address))


def _begin(response: Response, new: NewSession) -> Me:
    response.set_cookie(
        COOKIE,
        new.token,
        expires=new.expires_at,
        path="/",
        httponly=True,
        samesite="strict",
        secure=_secure(),
    )
    response.headers["cache-control"] = "no-store"
    return Me(email=new.viewer.email, name=new.viewer.name, role=new.viewer.role)


def _secure() -> bool:
    return settings().console.startswith("https:")
