import pytest

from tests.api.conftest import Client


@pytest.fixture
async def address(editor: Client, image_name: str) -> str:
    """Give the address of a deployment that was changed once."""
    made = await editor.post("/api/v1/deployments", json={"name": "Iris", "image": image_name, "env": {"A": "s3cret"}})
    found = f"/api/v1/deployments/{made.json()['slug']}"
    await editor.patch(found, json={"memory_mb": 2048, "env": {"A": None, "B": "t0ken"}})
    return found


async def test_revisions_are_listed_with_what_changed(editor: Client, address: str) -> None:
    answer = await editor.get(f"{address}/revisions")
    newest, first = answer.json()["items"]
    assert (newest["number"], newest["current"], newest["obstacle"]) == (2, True, "revision_current")
    assert newest["changes"] == [{"field": "memory_mb", "before": 1024, "after": 2048}]
    assert newest["env_changes"] == [
        {"name": "A", "change": "removed", "before": None, "after": None},
        {"name": "B", "change": "added", "before": None, "after": None},
    ]
    assert (first["number"], first["current"], first["before"], first["obstacle"]) == (1, False, None, "")
    assert "s3cret" not in answer.text
    assert "t0ken" not in answer.text


async def test_they_are_listed_page_by_page(editor: Client, address: str) -> None:
    first = (await editor.get(f"{address}/revisions?limit=1")).json()
    second = (await editor.get(f"{address}/revisions", params={"limit": 1, "cursor": first["next"]})).json()
    assert [each["number"] for each in first["items"] + second["items"]] == [2, 1]
    assert second["next"] is None


async def test_a_rollback_answers_with_the_card(editor: Client, address: str) -> None:
    answer = await editor.post(f"{address}/rollback", json={"revision": 1})
    card = answer.json()
    assert (answer.status_code, card["revision"], card["memory_mb"], card["env_names"]) == (200, 1, 1024, ["A"])
    newest, *_ = (await editor.get(f"{address}/events")).json()["items"]
    assert (newest["kind"], newest["facts"]) == ("rolled_back", {"revision": 1, "from": 2})


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"revision": 2}, 409, "revision_current"),
        ({"revision": 3}, 404, "revision_not_found"),
        ({"revision": -1}, 404, "revision_not_found"),
        ({"revision": 10**30}, 404, "revision_not_found"),
        ({"revision": "1"}, 422, "field_not_whole"),
        ({}, 422, "field_missing"),
        ({"revision": 1, "force": True}, 422, "field_unknown"),
    ],
)
async def test_a_rollback_that_cannot_be(
    editor: Client, address: str, body: dict[str, object], status: int, code: str
) -> None:
    answer = await editor.post(f"{address}/rollback", json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


async def test_a_deleted_deployment_is_not_rolled_back(editor: Client, address: str) -> None:
    await editor.delete(address)
    assert (await editor.post(f"{address}/rollback", json={"revision": 1})).status_code == 410
    assert len((await editor.get(f"{address}/revisions")).json()["items"]) == 2


async def test_a_wrong_cursor_is_refused(editor: Client, address: str) -> None:
    assert (await editor.get(f"{address}/revisions?cursor=x")).json()["error"]["code"] == "cursor_wrong"
