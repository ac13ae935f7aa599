"""The author's model: made, loaded, and called with what a request says."""

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from .hints import Hint, read_hint
from .http import Request
from .log import say, traceback_of
from .refusals import Refusal, failed
from .script import needed
from .steps import Steps, first_method
from .threads import Threads

NO_HEADERS: Mapping[str, str] = {}


class Author:
    """An instance of the author's class, its steps, and what its hint says of payloads."""

    def __init__(self, model: object, hint: Hint, concurrency: int) -> None:
        self.model = model
        self.hint = hint
        self.steps = Steps(model, concurrency)

    async def call(self, payloads: list[Any], request: Request) -> list[Any]:
        """Return an answer for each payload, or raise a Refusal; a traceback goes to the log under the request's id."""
        try:
            return await self.steps.run(payloads, request.headers if self.steps.want_headers else NO_HEADERS)
        except (Exception, SystemExit) as error:
            raise told(error, request.id) from error


def told(error: BaseException, request: str) -> Refusal:
    """Turn what the author's code raised into the answer.

    An exception with a `detail` and a `status_code` from 400 to 599, such as FastAPI's HTTPException, chooses both.
    """
    if isinstance(error, Refusal):
        return error
    status = getattr(error, "status_code", None)
    if isinstance(status, int) and 400 <= status <= 599 and hasattr(error, "detail"):  # noqa: PLR2004
        return Refusal(status, "refused_by_model", str(error.detail))
    say(f"Request {request} failed:\n{traceback_of(error)}")
    return failed(error)


async def bring_up(model: type, name: str, concurrency: int) -> Author:
    """Make the author's object and run its `load()`, both beside the event loop unless `load` is async."""
    thread = Threads(1, "load")
    made = await thread.run(_make, model, name)
    load = getattr(made, "load", None)
    if callable(load) and getattr(made, "ready", False) is not True:  # KServe's scripts may load in __init__ and say so
        await (load() if inspect.iscoroutinefunction(load) else thread.run(load))
    hint = await thread.run(read_hint, model, first_method(model))
    return Author(made, hint, concurrency)


def _make(model: Callable[..., object], name: str) -> object:
    """Make the object; a constructor that needs one argument gets the name, as KServe's does."""
    wanted = needed(inspect.signature(model).parameters.values())
    if not wanted:
        return model()
    return model(**{wanted[0].name: name}) if wanted[0].kind is wanted[0].KEYWORD_ONLY else model(name)
