from redis import Redis

from tests.api.conftest import Client


async def test_the_console_is_alive_without_the_other_parts(client: Client) -> None:
    assert (await client.get("/healthz")).json() == {"status": "ok"}


async def test_a_balancer_may_ask_without_wanting_a_body(client: Client) -> None:
    answers = [await client.head(path) for path in ("/healthz", "/readyz")]
    assert [(each.status_code, each.content) for each in answers] == [(200, b""), (503, b"")]


async def test_a_part_that_is_down_is_named(client: Client) -> None:
    answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (503, "down")
    assert answer.json()["parts"] == {"database": "ok", "redis": "down", "controller": "down", "gateway": "down"}


async def test_a_part_that_answers_is_ok(redis: Redis, client: Client) -> None:
    assert redis.ping()
    assert (await client.get("/readyz")).json()["parts"]["redis"] == "ok"
