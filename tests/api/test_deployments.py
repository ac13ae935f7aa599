import pytest

from deploy_ui.enums import Phase
from deploy_ui.services import deployments
from tests import factories
from tests.api.conftest import Client


@pytest.fixture
async def slug(editor: Client, image_name: str) -> str:
    answer = await editor.post("/api/v1/deployments", json={"name": "Iris “1” 💥", "image": image_name})
    made: str = answer.json()["slug"]
    return made


async def test_a_new_deployment_has_a_key_and_an_address(editor: Client, image_name: str) -> None:
    body = {"name": "Iris", "image": image_name, "cpu": 2, "env": {"TOKEN": "s3cret"}, "max_instances": 3}
    answer = await editor.post("/api/v1/deployments", json=body)
    card = answer.json()
    assert (answer.status_code, card["slug"]) == (201, "iris")
    assert card["url"] == "http://127.0.0.1:8080/iris"
    assert (card["phase"], card["cpu"], card["max_instances"], card["env_names"]) == ("pending", 2.0, 3, ["TOKEN"])
    assert "s3cret" not in answer.text


async def test_times_are_in_utc(editor: Client, slug: str) -> None:
    assert (await editor.get(f"/api/v1/deployments/{slug}")).json()["created_at"].endswith("Z")


async def test_a_change_leaves_out_what_stays(editor: Client, slug: str) -> None:
    await editor.patch(f"/api/v1/deployments/{slug}", json={"env": {"A": "1", "B": "2"}, "cpu": 3})
    answer = await editor.patch(f"/api/v1/deployments/{slug}", json={"env": {"A": None}, "memory_mb": 512})
    card = answer.json()
    assert (card["cpu"], card["memory_mb"], card["env_names"], card["revision"]) == (3.0, 512, ["B"], 3)


async def test_a_dry_run_tells_what_would_happen_and_changes_nothing(editor: Client, slug: str) -> None:
    address = f"/api/v1/deployments/{slug}"
    before = (await editor.get(address)).json()
    body = {"cpu": 3, "env": {"TOKEN": "s3cret", "MODE": {"value": "fast", "secret": False}}}
    answer = await editor.patch(f"{address}?dry_run=true", json=body)
    assert (answer.status_code, "s3cret" in answer.text) == (200, False)
    plan = answer.json()
    assert (plan["revision"], plan["new_revision"]) == (2, True)
    assert plan["changes"] == [{"field": "cpu", "before": 1.0, "after": 3.0}]
    assert [(each["name"], each["change"], each["after"]) for each in plan["env_changes"]] == [
        ("MODE", "added", "fast"),
        ("TOKEN", "added", None),
    ]
    assert (await editor.get(address)).json() == before


async def test_nothing_to_change_changes_nothing(editor: Client, slug: str) -> None:
    assert (await editor.patch(f"/api/v1/deployments/{slug}", json={})).json()["generation"] == 1


async def test_a_deployment_is_stopped_and_started_as_often_as_one_likes(editor: Client, slug: str) -> None:
    for verb, wish in (("stop", "stop"), ("stop", "stop"), ("start", "run"), ("start", "run")):
        answer = await editor.post(f"/api/v1/deployments/{slug}/{verb}")
        assert (answer.status_code, answer.json()["wish"]) == (200, wish)


async def test_scaling_keeps_to_the_bounds(editor: Client, slug: str) -> None:
    await editor.patch(f"/api/v1/deployments/{slug}", json={"max_instances": 3})
    answer = await editor.post(f"/api/v1/deployments/{slug}/scale", json={"instances": 3})
    assert answer.json()["wanted_instances"] == 3
    answer = await editor.post(f"/api/v1/deployments/{slug}/scale", json={"instances": 4})
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "instances_out_of_range")


async def test_a_deleted_deployment_keeps_its_card_and_takes_no_change(editor: Client, slug: str) -> None:
    assert (await editor.delete(f"/api/v1/deployments/{slug}")).json()["wish"] == "delete"
    assert (await editor.delete(f"/api/v1/deployments/{slug}")).status_code == 200
    assert (await editor.get(f"/api/v1/deployments/{slug}")).status_code == 200
    assert (await editor.patch(f"/api/v1/deployments/{slug}", json={"cpu": 2})).status_code == 410


async def test_a_taken_name_is_a_conflict(editor: Client, slug: str, image_name: str) -> None:
    name = (await editor.get(f"/api/v1/deployments/{slug}")).json()["name"]
    answer = await editor.post("/api/v1/deployments", json={"name": name, "image": image_name})
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "deployment_name_taken")


async def test_deployments_are_listed_page_by_page(reader: Client) -> None:
    made = {factories.deployment(name=f"Deployment {number}").slug for number in range(5)}
    first = (await reader.get("/api/v1/deployments?limit=3")).json()
    second = (await reader.get("/api/v1/deployments", params={"limit": 3, "cursor": first["next"]})).json()
    assert {row["slug"] for row in first["items"] + second["items"]} == made
    assert second["next"] is None


async def test_what_happened_is_told_newest_first(editor: Client, slug: str) -> None:
    await editor.post(f"/api/v1/deployments/{slug}/stop")
    rows = (await editor.get(f"/api/v1/deployments/{slug}/events")).json()["items"]
    assert [row["kind"] for row in rows] == ["stopped", "created"]


async def test_a_new_deployment_has_no_instances(editor: Client, slug: str) -> None:
    assert (await editor.get(f"/api/v1/deployments/{slug}/instances")).json() == {"items": [], "next": None}


async def test_the_secret_of_a_key_is_in_the_answer_that_makes_it_and_nowhere_else(editor: Client, slug: str) -> None:
    answer = await editor.post(f"/api/v1/deployments/{slug}/keys", json={"name": "Billing"})
    secret = answer.json()["secret"]
    assert (answer.status_code, secret[:3]) == (201, "dk_")
    listed = await editor.get(f"/api/v1/deployments/{slug}/keys")
    assert [row["name"] for row in listed.json()["items"]] == ["Billing"]
    assert secret not in listed.text


async def test_a_key_is_switched_off_and_revoked(editor: Client, slug: str) -> None:
    made = (await editor.post(f"/api/v1/deployments/{slug}/keys", json={"name": "Billing"})).json()
    address = f"/api/v1/deployments/{slug}/keys/{made['key']['id']}"
    assert (await editor.patch(address, json={"disabled": True})).json()["status"] == "disabled"
    for _ in range(2):
        assert (await editor.delete(address)).json()["status"] == "revoked"
    assert (await editor.patch(address, json={"disabled": False})).status_code == 409


async def test_a_key_is_rotated_with_an_overlap(editor: Client, slug: str) -> None:
    made = (await editor.post(f"/api/v1/deployments/{slug}/keys", json={"name": "Billing"})).json()
    address = f"/api/v1/deployments/{slug}/keys/{made['key']['id']}/rotate"
    answer = await editor.post(address, json={"overlap_s": 3600})
    assert answer.status_code == 201
    assert answer.json()["secret"] != made["secret"]
    assert answer.json()["key"]["name"] == "Billing"
    assert (await editor.post(address, json={"overlap_s": 3600})).status_code == 409
    assert (await editor.post(address, json={"overlap_s": -1})).status_code == 422


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"expires_at": "2001-01-01T00:00:00Z"}, "expires_at"),
        ({"expires_at": "2999-01-01T00:00:00"}, "expires_at"),
        ({"expires_at": "tomorrow"}, "expires_at"),
        ({"addresses": ["10.0.0.0/99"]}, "addresses"),
        ({"addresses": "10.0.0.1"}, "addresses"),
        ({"name": ""}, "name"),
    ],
)
async def test_a_key_that_cannot_be_is_refused(
    editor: Client, slug: str, change: dict[str, object], field: str
) -> None:
    answer = await editor.post(f"/api/v1/deployments/{slug}/keys", json={"name": "Billing"} | change)
    assert (answer.status_code, answer.json()["error"]["field"]) == (422, field)


async def test_the_timeline_is_walked_by_its_cursor(editor: Client, slug: str) -> None:
    await editor.post(f"/api/v1/deployments/{slug}/stop")
    first = (await editor.get(f"/api/v1/deployments/{slug}/events", params={"limit": 1})).json()
    assert [event["kind"] for event in first["items"]] == ["stopped"]
    rest = await editor.get(f"/api/v1/deployments/{slug}/events", params={"limit": 1, "cursor": first["next"]})
    assert ([event["kind"] for event in rest.json()["items"]], rest.json()["next"]) == (["created"], None)
    assert (await editor.get(f"/api/v1/deployments/{slug}/events?cursor=x")).status_code == 422


async def test_deleted_deployments_are_found_by_their_status(editor: Client, slug: str) -> None:
    factories.seen(deployments.delete(factories.viewer(), slug), Phase.DELETED)
    assert (await editor.get("/api/v1/deployments")).json()["items"] == []
    found = (await editor.get("/api/v1/deployments?status=deleted")).json()["items"]
    assert [(row["slug"], row["wish"]) for row in found] == [(slug, "delete")]
