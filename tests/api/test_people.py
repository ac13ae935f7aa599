from deploy_ui.enums import Role
from tests.api.conftest import As, Client

GRACE = {"email": "Grace@Example.org", "name": "Grace", "role": "editor", "password": "a long password"}


async def test_an_admin_lets_people_in_and_shuts_them_out(admin: Client) -> None:
    made = await admin.post("/api/v1/people", json=GRACE)
    assert (made.status_code, made.json()["email"]) == (201, "grace@example.org")
    assert "password" not in made.text
    answer = await admin.patch(f"/api/v1/people/{made.json()['id']}", json={"disabled": True})
    assert answer.json()["disabled"] is True
    assert "grace@example.org" in {row["email"] for row in (await admin.get("/api/v1/people")).json()["items"]}


async def test_editors_do_not_see_people(signed_in: As) -> None:
    assert (await signed_in(Role.EDITOR).get("/api/v1/people")).status_code == 403


async def test_an_address_is_taken_once(admin: Client) -> None:
    await admin.post("/api/v1/people", json=GRACE)
    answer = await admin.post("/api/v1/people", json=GRACE)
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "email_taken")


async def test_a_number_that_no_database_holds_is_nobody(admin: Client) -> None:
    answer = await admin.patch(f"/api/v1/people/{10**30}", json={})
    assert (answer.status_code, answer.json()["error"]["field"]) == (422, "person_id")
