import pytest

from deploy_ui.enums import Role
from deploy_ui.services import people, sessions
from deploy_ui.settings import settings
from tests.api.conftest import ORIGIN, PASSWORD, SHELL, Client

ADA = {"email": "ada@example.org", "password": PASSWORD}


@pytest.fixture(autouse=True)
def _ada(database: str) -> None:  # noqa: ARG001 -- she lies there
    people.create(SHELL, email=ADA["email"], name="Ada", role=Role.EDITOR, password=PASSWORD)


async def test_a_token_of_login_opens_the_api(client: Client) -> None:
    token = (await client.post("/api/v1/login", json=ADA)).json()["token"]
    answer = await client.get("/api/v1/me", headers={"authorization": f"Bearer {token}"})
    assert answer.json() == {"email": "ada@example.org", "name": "Ada", "role": "editor"}


async def test_a_wrong_password_says_how_many_attempts_are_left(client: Client) -> None:
    answer = await client.post("/api/v1/login", json=ADA | {"password": "wrong"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "wrong_password")
    assert answer.json()["error"]["facts"] == {"attempts_left": 4}


async def test_too_many_wrong_passwords_say_when_to_come_back(client: Client) -> None:
    for _ in range(5):
        await client.post("/api/v1/login", json=ADA | {"password": "wrong"})
    answer = await client.post("/api/v1/login", json=ADA)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= 15 * 60


async def test_a_browser_gets_a_cookie_that_scripts_and_other_sites_cannot_use(client: Client) -> None:
    answer = await client.post("/api/session", json=ADA, headers={"origin": ORIGIN})
    assert answer.status_code == 200
    cookie = answer.headers["set-cookie"]
    assert all(part in cookie for part in ("HttpOnly", "SameSite=strict", "Path=/"))
    assert "Secure" not in cookie
    assert (await client.get("/api/v1/me")).json()["name"] == "Ada"


async def test_behind_https_the_cookie_is_sent_over_https_only(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEPLOY_UI_CONSOLE_URL", "https://console.example")
    settings.cache_clear()
    answer = await client.post("/api/session", json=ADA, headers={"origin": "https://console.example"})
    assert "Secure" in answer.headers["set-cookie"]


@pytest.mark.parametrize("origin", ["http://evil.test", "null", ""])
async def test_a_cookie_changes_nothing_for_another_site(client: Client, origin: str) -> None:
    client.cookies.set(sessions.COOKIE, sessions.sign_in(**ADA, address="").token)
    answer = await client.post("/api/v1/deployments", json={}, headers={"origin": origin})
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "foreign_origin")


async def test_a_cookie_changes_nothing_without_an_origin(client: Client) -> None:
    client.cookies.set(sessions.COOKIE, sessions.sign_in(**ADA, address="").token)
    answer = await client.post("/api/v1/deployments", json={})
    assert answer.status_code == 403


async def test_another_site_cannot_sign_a_browser_in(client: Client) -> None:
    answer = await client.post("/api/session", json=ADA, headers={"origin": "http://evil.test"})
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


async def test_signing_out_ends_the_session_and_takes_the_cookie_away(client: Client) -> None:
    await client.post("/api/session", json=ADA, headers={"origin": ORIGIN})
    token = client.cookies[sessions.COOKIE]
    assert (await client.delete("/api/session", headers={"origin": ORIGIN})).status_code == 204
    assert sessions.COOKIE not in client.cookies
    assert sessions.viewer(token) is None


async def test_signing_out_twice_is_fine(client: Client) -> None:
    assert (await client.delete("/api/session", headers={"origin": ORIGIN})).status_code == 204


async def test_a_token_ends_with_logout(client: Client) -> None:
    client.headers["authorization"] = f"Bearer {sessions.sign_in(**ADA, address='').token}"
    assert (await client.post("/api/v1/logout")).status_code == 204
    assert (await client.get("/api/v1/me")).status_code == 401


@pytest.mark.parametrize("authorization", ["Bearer wrong", "Bearer ", "Basic YTpi", "Bearer \x00"])
async def test_a_token_that_we_did_not_make_opens_nothing(client: Client, authorization: str) -> None:
    answer = await client.get("/api/v1/me", headers={"authorization": authorization})
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "signed_out")
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_the_set_up_link_is_void_once_somebody_is_there(client: Client) -> None:
    body = ADA | {"name": "Eve", "token": "whatever"}
    answer = await client.post("/api/setup", json=body, headers={"origin": ORIGIN})
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "setup_link_void")
