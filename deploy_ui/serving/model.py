"""The ASGI application around a model: addresses, readiness, the limit, and one log line a request."""

import traceback
from collections.abc import Awaitable, Callable
from time import perf_counter
from typing import Any

from .calls import Calls
from .http import GONE, Broken, Receive, Request, Response, Scope, Send, refused, respond, unless_gone
from .json_out import to_json
from .log import request_line, say
from .openapi import document
from .refusals import ClientGone, Refusal, internal, no_address, no_model, not_ready, wrong_method
from .slots import Slots

Reply = Callable[[Request], Response]
Call = Callable[[Calls, Request, bytes], Awaitable[Response]]


class ModelApp:
    """Answers for one model. Until `calls` is set it is alive but not ready."""

    def __init__(self, slug: str, instance: str, slots: Slots) -> None:
        self.slug = slug
        self.slots = slots
        self.calls: Calls | None = None
        self.closing = False
        self._mark = (b"x-instance", instance.encode())
        self._calls, self._replies = self._addresses(f"/v1/models/{slug}", f"/v2/models/{slug}")

    def _addresses(self, v1: str, v2: str) -> tuple[dict[str, Call], dict[str, Reply]]:
        """Return what is called with POST, and what is read with GET."""
        calls: dict[str, Call] = {
            "/predict": Calls.predict,
            f"{v1}:predict": Calls.predict_instances,
            f"{v2}/infer": Calls.infer,
            f"{v2}/versions/1/infer": Calls.infer,
        }
        replies: dict[str, Reply] = {
            **dict.fromkeys(("/health/live", "/v2/health/live"), self._live),
            **dict.fromkeys(
                ("/health/ready", "/v2/health/ready", v1, f"{v2}/ready", f"{v2}/versions/1/ready"), self._ready
            ),
            **dict.fromkeys((v2, f"{v2}/versions/1"), self._metadata),
            "/v1/models": lambda _request: _json({"models": [self.slug]}),
            "/v2": lambda _request: _json({"name": "deploy-ui", "version": "2", "extensions": []}),
            "/openapi.json": self._openapi,
        }
        return calls, replies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        began = perf_counter()
        request = Request(scope, receive)
        extra = [(b"x-request-id", request.id.encode()), self._mark]
        status = GONE
        try:
            status = await self._serve(request, send, extra)
        except ClientGone:
            pass
        except Refusal as refusal:
            status = refusal.status
            await respond(refused(refusal), send, extra)
        except Broken:
            status = 500
            raise
        finally:
            request_line(request.method, request.shown_path, status, began, request.id)

    async def _serve(self, request: Request, send: Send, extra: list[tuple[bytes, bytes]]) -> int:
        call = self._calls.get(request.path)
        if call is None or request.method != "POST":
            response = self._reply(request)
            await respond(response, send, extra)
            return response.status
        calls = self.calls
        if calls is None:
            raise not_ready()
        with self.slots.place() as place:  # until the answer's last byte
            body = await request.body()
            await place.turn(request.receive)
            response = await _answer(call, calls, request, body)
            answering = respond(response, send, extra)
            await (answering if response.rest is None else unless_gone(answering, request.receive))
            return response.status

    def _reply(self, request: Request) -> Response:
        reply = self._replies.get(request.path)
        if reply is None or request.method not in {"GET", "HEAD"}:
            raise self._nothing(request)
        return reply(request)

    def _nothing(self, request: Request) -> Refusal:
        """Say why nothing answers here."""
        if request.path in self._calls:
            return wrong_method("POST")
        if request.path in self._replies:
            return wrong_method("GET")
        if request.path.startswith(("/v1/models/", "/v2/models/")):
            return no_model(self.slug)
        return no_address(list(self._calls)[:3])

    def _live(self, _request: Request) -> Response:
        return _json({"live": True})

    def _ready(self, _request: Request) -> Response:
        if self.calls is None or self.closing:
            raise not_ready()
        return _json({"name": self.slug, "ready": True})

    def _metadata(self, _request: Request) -> Response:
        return _json({"name": self.slug, "versions": ["1"], "platform": "python", "inputs": [], "outputs": []})

    def _openapi(self, request: Request) -> Response:
        if self.calls is None:
            raise not_ready()
        return _json(document(self.calls.author, self.slug, request.header(b"x-envoy-original-path").decode("latin-1")))


async def _answer(call: Call, calls: Calls, request: Request, body: bytes) -> Response:
    try:
        return await call(calls, request, body)
    except RecursionError:
        raise internal("The values are nested too deeply.") from None
    except (Refusal, ClientGone):
        raise
    except Exception as error:
        say(f"Request {request.id} failed:\n{traceback.format_exc()}")
        raise internal("The server failed; its log has the traceback.") from error


def _json(answer: Any) -> Response:
    return Response(200, to_json(answer))
