"""Reads a call off the network: what was asked, on which terms, and the body, piece by piece onto the disk."""

import asyncio
from collections.abc import Iterator

from aiohttp import web

from deploy_ui import clock
from deploy_ui.errors import Invalid
from deploy_ui.gateway.calls import KEY_HEADER, KIND_HEADER, SLUG_HEADER
from deploy_ui.gateway.keys import PREFIX
from deploy_ui.services.calls import callback_addresses, names, terms
from deploy_ui.services.calls.bodies import Body
from deploy_ui.services.calls.intake import Request
from deploy_ui.services.paging import plain

HOP_BY_HOP = frozenset(
    {
        *("connection", "content-length", "expect", "host", "keep-alive", "proxy-authenticate", "proxy-authorization"),
        *("proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"),
    }
)
OURS = ("x-deploy-ui-", "x-envoy-")
KEY = "key"
"""The kind of a key that people made; a key of another kind is the console's own."""
KEY_TEXT = f"{PREFIX}ey"
"""How every key begins, whatever stands before it."""
LONGEST_PATH = 8000
BODY_S = 3600
"""For a whole body; that it stands still is noticed far sooner, by Envoy."""


async def read(request: web.BaseRequest, path: str) -> Request:
    """Return the whole call. `path` is what follows the slug.

    Raises Invalid and TooLarge for what cannot be accepted; whatever ends it early leaves nothing behind.
    """
    if "upgrade" in request.headers:
        raise Invalid("call_header_wrong", field="Upgrade", header="Upgrade", expected="no such header")
    kept = list(_kept(request))
    asked = terms.read({name: ",".join(request.headers.getall(name)) for name in terms.NAMES & _names(request)})
    if plain(path) != path or len(path) > LONGEST_PATH:
        raise Invalid("call_path_wrong", field="path")
    if asked.callback_url:
        await callback_addresses.check(asked.callback_url)
    call_id = names.new_call_id(clock.now())
    key_id = request.headers.get(KEY_HEADER, "") if request.headers.get(KIND_HEADER) == KEY else ""
    body = Body(f"{call_id}.request")
    try:
        async with asyncio.timeout(BODY_S):
            async for piece in request.content.iter_any():
                body.add(piece)
        stored = await asyncio.to_thread(body.store) if body.long else body.store()
    except BaseException:
        body.discard()
        raise
    return Request(
        id=call_id,
        slug=request.headers[SLUG_HEADER],
        method=request.method,
        path=path,
        headers=kept,
        key_id=key_id,
        terms=asked,
        body=stored,
    )


def _names(request: web.BaseRequest) -> set[str]:
    return {name.lower() for name in request.headers}


def _kept(request: web.BaseRequest) -> Iterator[tuple[str, str]]:
    """Yield the headers that are for the model. One that holds a key of ours in an odd spelling is not.

    Raises Invalid for one that cannot be kept as it is.
    """
    listed = {name.strip().lower() for name in request.headers.get("connection", "").split(",")}
    dropped = HOP_BY_HOP | terms.NAMES | listed
    for name, value in request.headers.items():
        if name.lower() in dropped or name.lower().startswith(OURS) or KEY_TEXT in value:
            continue
        if plain(value) != value:
            raise Invalid("call_path_wrong", field=name)
        yield name.lower(), value
