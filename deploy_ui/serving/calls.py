"""The three ways to call a model: the payload as it is, a list of instances, tensors."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from . import inference, instances
from .author import Author, told
from .http import Broken, Request, Response, unless_gone
from .json_in import read_json
from .json_out import encode, to_json
from .refusals import Refusal, bad_request
from .steps import Stream
from .streams import Form, collect, read

JSON_TYPES = ("", "application/json", "application/x-www-form-urlencoded")
"""Content types read as JSON. The last is what curl says of any `-d`, whatever is in it."""


class Calls:
    """Answers the requests that reach the author's code."""

    def __init__(self, author: Author, model: str) -> None:
        self.author = author
        self._model = model
        self._cancels = not author.steps.plain
        """An async `predict` is cancelled when its client goes; a thread cannot be."""

    async def predict(self, request: Request, body: bytes) -> Response:
        """Answer `POST /predict`."""
        payload = self.author.hint.check(self._payload(request, body), "")
        answer = (await self._run([payload], request))[0]
        if isinstance(answer, Stream):
            return await self._streamed(answer, request)
        return Response(200, *encode(answer))

    async def predict_instances(self, request: Request, body: bytes) -> Response:
        """Answer `POST /v1/models/{name}:predict`."""
        hint = self.author.hint
        payloads = instances.payloads(read_json(body), hint)
        answers = await self._whole(payloads, request)
        return _json(instances.answer(answers, hint))

    async def infer(self, request: Request, body: bytes) -> Response:
        """Answer `POST /v2/models/{name}/infer`."""
        if request.header(b"inference-header-content-length"):
            raise bad_request("Binary tensors are not supported: send the data as JSON.")
        hint, asked = self.author.hint, read_json(body)
        payloads = inference.payloads(asked, hint)
        answers = await self._whole(payloads, request)
        return _json(inference.answer(answers, hint, asked, self._model))

    def _payload(self, request: Request, body: bytes) -> Any:
        hint = self.author.hint
        content_type = request.header(b"content-type").decode("latin-1").partition(";")[0].strip().lower()
        if hint.binary:
            return body
        if content_type in JSON_TYPES or content_type.endswith("+json"):
            return read_json(body)
        if hint.free:
            return body
        if hint.text and content_type.startswith("text/"):
            return body.decode("utf-8", "replace")
        raise Refusal(
            415,
            "unsupported_media_type",
            f"The model takes JSON, not {content_type[:100]}: set Content-Type: application/json.",
        )

    async def _run(self, payloads: list[Any], request: Request) -> list[Any]:
        """Call the author's code, once for each payload."""
        running = self.author.call(payloads, request)
        return await (unless_gone(running, request.receive) if self._cancels else running)

    async def _whole(self, payloads: list[Any], request: Request) -> list[Any]:
        """Call the author's code and wait for the end of any stream."""
        answers = await self._run(payloads, request)
        try:
            return [
                await collect(each, self.author.steps.threads) if isinstance(each, Stream) else each for each in answers
            ]
        except Exception as error:
            raise told(error, request.id) from error

    async def _streamed(self, stream: Stream, request: Request) -> Response:
        """Wait for the first item, so that a generator that fails at once is answered like any other failure."""
        items = read(stream, self.author.steps.threads)
        accept = request.header(b"accept").decode("latin-1")
        try:
            first = await unless_gone(anext(items), request.receive)
            form = Form(first, accept)
            body = form.write(first, 0)
        except StopAsyncIteration:
            return Response(200, b"", Form(None, accept).content_type)
        except Exception as error:
            await items.aclose()
            raise told(error, request.id) from error
        return Response(200, body, form.content_type, rest=_rest(items, form, request.id))


async def _rest(items: AsyncGenerator[Any, None], form: Form, request: str) -> AsyncGenerator[bytes, None]:
    """Yield what follows the first item. A failure is the last thing said, where the form has room for it."""
    index = 0
    async with aclosing(items):
        try:
            async for item in items:
                index += 1
                yield form.write(item, index)
        except Exception as error:
            fault = form.write_fault(told(error, request))
            if fault is None:
                raise Broken from error
            yield fault


def _json(answer: Any) -> Response:
    return Response(200, to_json(answer))
