"""A real Envoy in front of many deployments, and callers of them all."""

import asyncio
import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import aiohttp

from deploy_ui import clock
from deploy_ui.gateway import keys, process, writer
from deploy_ui.gateway.routes import Grant, Route, RouteState, Who
from deploy_ui.settings import settings
from tests import envoy
from tests.gateway import upstream
from tests.waiting import eventually

KEY, CALLERS, SLOWEST_S, APPLY_S = "k1", 100, 0.2, 60
OK, FAILED, SHARE_OF_FAILED = 200, 500, 0.05


class Slow(upstream.Upstream):
    """Answers after a while of its own each time, and sometimes with an error."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ARG002 -- ASGI
        """Answer one request."""
        await receive()
        await asyncio.sleep(SLOWEST_S * random.random() ** 3)  # noqa: S311 -- no secret
        status = FAILED if random.random() < SHARE_OF_FAILED else OK  # noqa: S311 -- no secret
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"{}"})


@contextmanager
def running(instances: Mapping[str, str]) -> Iterator[Callable[[int], None]]:
    """Serve these instances by slug; give what calls every deployment so many times."""
    with envoy.running(), upstream.running(Slow()) as server:
        grants = (Grant(KEY),)
        writer.write(
            [
                Route(slug, RouteState.SERVING, (server.address,), grants, who={server.address: Who(instance, 1)})
                for slug, instance in instances.items()
            ]
        )
        eventually(process.applied, timeout_s=APPLY_S)
        now = clock.now()
        secrets = {slug: keys.sign(key_id=KEY, slug=slug, now=now, expires_at=None) for slug in instances}
        yield lambda times: asyncio.run(_call(secrets, times))


async def _call(secrets: Mapping[str, str], times: int) -> None:
    root = f"http://127.0.0.1:{settings().gateway_port}"
    connector = aiohttp.TCPConnector(limit=CALLERS)
    async with aiohttp.ClientSession(root, connector=connector) as session:

        async def call(slug: str, secret: str) -> None:
            async with session.post(f"/{slug}/predict", json={}, headers={"X-API-Key": secret}) as answer:
                await answer.read()
            if answer.status not in {OK, FAILED}:
                raise SystemExit(f"the gateway answered {answer.status}")

        await asyncio.gather(*(call(slug, secret) for slug, secret in secrets.items() for _ in range(times)))
