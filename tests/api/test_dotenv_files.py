from tests.api.conftest import Client

URL = "/api/v1/dotenv"


async def test_a_file_is_read_and_can_be_given_as_variables(editor: Client, image_name: str) -> None:
    answer = await editor.post(URL, json={"text": "# how\nexport TOKEN='it costs $5'\nTHRESHOLD=0.82\n"})
    assert answer.status_code == 200
    found = answer.json()["items"]
    assert found == [{"name": "TOKEN", "value": "it costs $5"}, {"name": "THRESHOLD", "value": "0.82"}]
    env = {each["name"]: {"value": each["value"], "secret": each["name"] == "TOKEN"} for each in found}
    made = await editor.post("/api/v1/deployments", json={"name": "Iris", "image": image_name, "env": env})
    assert made.json()["env"] == [
        {"name": "THRESHOLD", "secret": False, "value": "0.82"},
        {"name": "TOKEN", "secret": True, "value": None},
    ]
    assert "it costs" not in made.text


async def test_the_line_that_is_wrong_is_told(editor: Client) -> None:
    answer = await editor.post(URL, json={"text": "A=1\nnonsense"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "env_line")
    assert answer.json()["error"]["facts"]["line"] == 2


async def test_only_people_who_are_signed_in_have_it_read(client: Client) -> None:
    assert (await client.post(URL, json={"text": "A=1"})).status_code == 401
