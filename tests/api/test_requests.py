import csv
import io
from collections.abc import Sequence
from typing import Any

import pytest

from deploy_ui.metrics.requests import Writer
from deploy_ui.services.deployments import DeploymentCard
from deploy_ui.settings import settings
from tests import factories
from tests.api.conftest import Client
from tests.metrics.request_lines import T, request


@pytest.fixture
def iris(database: str) -> DeploymentCard:  # noqa: ARG001 -- it lies there
    return factories.deployment()


@pytest.fixture
def address(iris: DeploymentCard) -> str:
    return f"/api/v1/deployments/{iris.slug}/requests"


def keep(card: DeploymentCard, *lines: dict[str, Any]) -> None:
    made = [request(T + at, slug=card.slug, place=at, **each) for at, each in enumerate(lines)]
    Writer(settings().metrics_dir).write(made)


async def test_requests_are_listed_page_by_page(reader: Client, iris: DeploymentCard, address: str) -> None:
    keep(iris, {}, {"path": "/b"}, {"status": 500})
    first = (await reader.get(address, params={"limit": 2})).json()
    second = (await reader.get(address, params={"limit": 2, "cursor": first["next"]})).json()
    assert [each["id"] for each in first["items"] + second["items"]] == [f"{T + at}-{at}" for at in (2, 1, 0)]
    assert second["next"] is None
    assert {name: first[name] for name in ("anything", "left_out_until", "kept_days")} == {
        "anything": True,
        "left_out_until": None,
        "kept_days": 3,
    }
    assert first["items"][0] == {
        "id": f"{T + 2}-2",
        "at": "2030-01-01T00:00:00.002000Z",
        "method": "POST",
        "path": "/predict",
        "status": 500,
        "duration_s": 0.005,
        "bytes_in": 10,
        "bytes_out": 20,
        "instance": "abc123",
        "revision": 1,
        "key_id": "",
        "key_name": "",
        "console": False,
        "request_id": "",
        "kind": "answered",
        "reason": "",
        "details": "",
    }


async def test_the_list_is_narrowed(reader: Client, iris: DeploymentCard, address: str) -> None:
    keep(iris, {"status": 404}, {"path": "/slow", "duration_us": 2_000_000})

    async def found(**params: str) -> list[str]:
        return [each["path"] for each in (await reader.get(address, params=params)).json()["items"]]

    assert await found(status="4xx") == ["/predict"]
    assert await found(min_duration_s="1.5") == ["/slow"]
    assert await found(since="2030-01-01T00:00:01Z") == ["/slow"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"status": "6xx"}, "status"),
        ({"since": "yesterday"}, "since"),
        ({"until": "2030-01-01T00:00:00"}, "until"),
        ({"limit": "0"}, "limit"),
        ({"cursor": "x"}, "cursor"),
        ({"min_duration_s": "nan"}, "min_duration_s"),
        ({"kind": "lost"}, "kind"),
        ({"path": "x" * 513}, "path"),
    ],
)
async def test_what_makes_no_sense_is_refused(reader: Client, address: str, query: dict[str, str], field: str) -> None:
    answer = await reader.get(address, params=query)
    assert (answer.status_code, answer.json()["error"]["field"]) == (422, field)


async def test_nobody_who_is_not_signed_in_reads_it(client: Client, address: str) -> None:
    for each in (address, f"{address}.csv"):
        assert (await client.get(each)).status_code == 401


async def test_of_no_deployment_there_is_no_log(reader: Client) -> None:
    for end in ("requests", "requests.csv"):
        assert (await reader.get(f"/api/v1/deployments/ghost/{end}")).status_code == 404


async def table(reader: Client, address: str, **params: str) -> Sequence[dict[str, str]]:
    answer = await reader.get(f"{address}.csv", params=params)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"].startswith("attachment;")
    return list(csv.DictReader(io.StringIO(answer.text)))


async def test_all_that_is_wanted_comes_as_a_table(reader: Client, iris: DeploymentCard, address: str) -> None:
    keep(iris, *({"status": 200 + at % 2} for at in range(900)))
    rows = await table(reader, address, status="201")
    assert len(rows) == 450
    assert rows[0]["at"] == "2030-01-01T00:00:00.899+00:00"
    assert (rows[0]["status"], rows[0]["revision"], rows[0]["kind"]) == ("201", "1", "answered")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", '=HYPERLINK("http://x","y")'])
async def test_a_table_computes_nothing(reader: Client, iris: DeploymentCard, address: str, text: str) -> None:
    keep(iris, {"path": text, "method": text, "request_id": text})
    (row,) = await table(reader, address)
    assert (row["path"], row["method"], row["request_id"]) == (f"'{text}",) * 3


async def test_a_table_holds_commas_quotes_and_lines(reader: Client, iris: DeploymentCard, address: str) -> None:
    keep(iris, {"path": '/a,"b"\nc'})
    assert [row["path"] for row in await table(reader, address)] == ['/a,"b"\nc']
