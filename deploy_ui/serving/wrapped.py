"""The author's ASGI application with our health addresses and limit around it; everything else reaches it untouched."""

from collections.abc import Awaitable, Callable
from time import perf_counter
from typing import Any

from .http import GONE, Receive, Request, Response, Scope, Send, refused, respond
from .log import request_line, say, traceback_of
from .refusals import BUSY_MARK, Refusal, failed
from .slots import Slots

AsgiApp = Callable[[Any, Any, Any], Awaitable[None]]


class WrappedApp:
    """Answers `/health/live` and `/health/ready` itself: the server listens only after the lifespan's start."""

    def __init__(self, app: AsgiApp, instance: str, slots: Slots) -> None:
        self.slots = slots
        self.closing = False
        self._app = app
        self._mark = (b"x-instance", instance.encode())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request, WebSocket or lifespan on."""
        if scope["type"] == "http":
            await self._http(Request(scope, receive), send)
        else:
            await self._app(scope, receive, send)

    async def _http(self, request: Request, send: Send) -> None:
        began, seen = perf_counter(), _Seen(send)
        try:
            if request.path in {"/health/live", "/health/ready"} and request.method in {"GET", "HEAD"}:
                await respond(self._health(request), seen, [self._mark])
            else:
                with self.slots.place() as place:
                    await place.turn()
                    await self._app(request.scope, request.receive, _unmarked(seen))
        except Refusal as refusal:
            await respond(refused(refusal), seen, [self._mark])
        except Exception as error:
            say(f"Request {request.id} failed:\n{traceback_of(error)}")
            if seen.status is not None and not seen.whole:
                raise  # which breaks the connection
            if seen.status is None:
                await respond(refused(failed(error)), seen, [self._mark])
        finally:
            request_line(request.method, request.shown_path, seen.status or GONE, began, request.id)

    def _health(self, request: Request) -> Response:
        if self.closing and request.path == "/health/ready":
            return Response(503, b'{"ready":false}')
        return Response(200, b'{"ready":true}' if request.path == "/health/ready" else b'{"live":true}')


def _unmarked(send: Send) -> Send:
    """Leave out of the application's answers what only the server says."""

    async def unmarked(message: Any) -> None:
        if message["type"] == "http.response.start":
            kept = [(name, value) for name, value in message.get("headers", ()) if name.lower() != BUSY_MARK.encode()]
            message = {**message, "headers": kept}
        await send(message)

    return unmarked


class _Seen:
    """A `send` that notes the answer's status, and whether it is whole."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.status: int | None = None
        self.whole = False

    async def __call__(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        elif message["type"] == "http.response.body" and not message.get("more_body"):
            self.whole = True
        await self._send(message)
