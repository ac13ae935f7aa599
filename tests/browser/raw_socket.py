"""A client that speaks the console's event socket by hand, as an attacker's script would."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import socketio

NAMESPACE = "/_event"
ANSWER_S = 10.0
QUIET_S = 0.6
"""How long nothing must come before we take it that all was said."""


class RawSocket:
    """One tab without a browser."""

    def __init__(self, client: socketio.AsyncClient) -> None:
        self._client = client
        self._updates: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        client.on("event", self._take, namespace=NAMESPACE)

    async def send(self, state: type, handler: str, **payload: object) -> None:
        """Call any handler with any arguments."""
        event = {
            "name": f"{state.get_full_name()}.{handler}",  # type: ignore[attr-defined]
            "payload": payload,
            "router_data": {"pathname": "/deployments", "asPath": "/deployments", "query": {}},
        }
        await self._client.emit("event", event, namespace=NAMESPACE)

    async def answers(self) -> list[dict[str, Any]]:
        """Return everything that comes until it is quiet."""
        found = [await asyncio.wait_for(self._updates.get(), ANSWER_S)]
        while True:
            try:
                found.append(await asyncio.wait_for(self._updates.get(), QUIET_S))
            except TimeoutError:
                return found

    async def _take(self, update: Any) -> None:
        self._updates.put_nowait(json.loads(update) if isinstance(update, str) else update)


@asynccontextmanager
async def raw_socket(url: str, *, token: str = "", origin: str = "", tab: str = "tab") -> AsyncIterator[RawSocket]:
    """Connect with the cookie of a session, an Origin, or neither."""
    headers = {**({"Cookie": f"deploy_ui_session={token}"} if token else {}), **({"Origin": origin} if origin else {})}
    async with aiohttp.ClientSession() as http:
        client = socketio.AsyncClient(reconnection=False, http_session=http)
        socket = RawSocket(client)
        await client.connect(
            f"{url}/_event?token={tab}",
            socketio_path=NAMESPACE,
            namespaces=[NAMESPACE],
            transports=["websocket"],
            headers=headers,
        )
        try:
            yield socket
        finally:
            await client.disconnect()
