from deploy_ui.services import people
from tests.api.conftest import ORIGIN, PASSWORD, Client

NEW = {"email": "ada@example.org", "name": "Ada", "password": PASSWORD}


async def test_the_one_time_link_makes_the_first_admin_and_signs_them_in(client: Client) -> None:
    token = people.new_setup_link()
    answer = await client.post("/api/setup", json=NEW | {"token": token}, headers={"origin": ORIGIN})
    assert (answer.status_code, answer.json()["role"]) == (201, "admin")
    assert (await client.get("/api/v1/me")).json()["email"] == "ada@example.org"


async def test_a_password_that_is_too_short_does_not_use_the_link_up(client: Client) -> None:
    token = people.new_setup_link()
    headers = {"origin": ORIGIN}
    refused = await client.post("/api/setup", json=NEW | {"token": token, "password": "short"}, headers=headers)
    assert (refused.status_code, refused.json()["error"]["field"]) == (422, "password")
    assert (await client.post("/api/setup", json=NEW | {"token": token}, headers=headers)).status_code == 201


async def test_a_wrong_link_makes_nobody(client: Client) -> None:
    people.new_setup_link()
    answer = await client.post("/api/setup", json=NEW | {"token": "wrong"}, headers={"origin": ORIGIN})
    assert answer.status_code == 404
    assert people.setup_needed()
