from deploy_ui.services import examples
from tests.api.conftest import Client


async def test_every_example_is_listed_in_the_language_of_the_reader(reader: Client) -> None:
    english = (await reader.get("/api/v1/examples")).json()["items"]
    russian = (await reader.get("/api/v1/examples", headers={"accept-language": "ru"})).json()["items"]
    assert [row["id"] for row in english] == [each.id for each in examples.rows()]
    assert all(
        one["title"] and one["description"] != two["description"] for one, two in zip(english, russian, strict=True)
    )


async def test_an_example_becomes_an_image_with_all_its_files(editor: Client) -> None:
    chosen = examples.rows()[0]
    answer = await editor.post("/api/v1/images/from-example", json={"example": chosen.id, "name": "mine"})
    card = answer.json()
    assert (answer.status_code, card["name"], card["kind"]) == (201, "mine", chosen.kind)
    assert {file["path"] for file in card["files"]} == {file.path for file in examples.files(chosen.id)}


async def test_an_example_that_does_not_exist_is_not_found(editor: Client) -> None:
    for name in ("nothing", "..", "../deploy_ui"):
        answer = await editor.post("/api/v1/images/from-example", json={"example": name})
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "example_not_found")
