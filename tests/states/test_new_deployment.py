from typing import Any

import pytest

from deploy_ui.enums import ImageStatus, Role
from deploy_ui.services import deployments
from deploy_ui.services.viewer import Viewer
from deploy_ui.states.new_deployment import NewDeploymentState
from tests import factories
from tests.states.conftest import Opens
from tests.states.tab import Tab


@pytest.fixture
def image(editor: Viewer) -> str:
    return factories.image(editor, name="fraud-v1").name


async def opens(tab: Tab, query: str = "") -> None:
    await tab.open(f"/deployments/new{query}")
    await tab.sees(lambda seen: seen["NewDeploymentState.loaded"])


async def test_images_that_can_run_are_offered(tab: Tab, editor: Viewer, image: str) -> None:
    factories.image(editor, name="building", status=ImageStatus.BUILDING)
    factories.image(editor, name="broken", status=ImageStatus.FAILED)
    await opens(tab)
    assert set(tab["NewDeploymentState.image_names"]) == {image, "building"}


async def test_the_address_chooses_an_image(tab: Tab, editor: Viewer, image: str) -> None:
    factories.image(editor, name="newer")
    await opens(tab, f"?image={image}")
    assert tab["NewDeploymentState.image"] == image


async def test_an_image_that_is_not_there_is_not_chosen(tab: Tab, image: str) -> None:
    await opens(tab, "?image=../../etc")
    assert tab["NewDeploymentState.image"] == image


async def test_submitting_creates_it_and_opens_its_card(tab: Tab, editor: Viewer, image: str) -> None:
    await opens(tab)
    await tab.send(
        NewDeploymentState.submit(
            {"name": "Fraud scoring", "image": image, "env": '[["A", {"value": "1"}]]', "cpu": "0.5"}
        )
    )
    card = deployments.card(editor, "fraud-scoring")
    assert (card.image_name, card.cpu, card.env_names) == (image, 0.5, ["A"])
    await tab.sees(lambda seen: seen.redirects == ["/deployments/fraud-scoring/general"])


async def test_everything_that_is_wrong_is_said_and_nothing_is_made(tab: Tab, editor: Viewer, image: str) -> None:
    await opens(tab)
    await tab.send(NewDeploymentState.begin())
    await tab.send(NewDeploymentState.submit({"name": "", "image": image, "cpu": "lots"}))
    assert set(tab["NewDeploymentState.wrong"]) == {"name", "cpu"}
    assert not tab["NewDeploymentState.busy"]
    assert deployments.rows(editor).items == []


async def test_a_name_that_is_taken_is_said_at_the_name(tab: Tab, editor: Viewer, image: str) -> None:
    factories.deployment(editor, name="Taken")
    await opens(tab)
    await tab.send(NewDeploymentState.submit({"name": "Taken", "image": image}))
    assert list(tab["NewDeploymentState.wrong"]) == ["name"]


async def test_an_image_that_went_away_meanwhile_is_said_at_the_image(tab: Tab, image: str) -> None:
    await opens(tab)
    await tab.send(NewDeploymentState.submit({"name": "Any", "image": f"{image}-gone"}))
    assert list(tab["NewDeploymentState.wrong"]) == ["image"]


@pytest.mark.parametrize(
    ("name", "typed", "wrong"),
    [("cpu", "lots", ["cpu"]), ("cpu", "1", []), ("name", "", []), ("env", "x", ["env"]), ("slug", "!", [])],
)
async def test_a_field_is_judged_when_it_is_left(tab: Tab, image: str, name: str, typed: str, wrong: list[str]) -> None:
    assert image
    await opens(tab)
    await tab.send(NewDeploymentState.check(name, typed))
    assert list(tab["NewDeploymentState.wrong"]) == wrong


async def test_a_mended_field_is_no_longer_wrong(tab: Tab, image: str) -> None:
    await opens(tab)
    typed = {"name": "A", "image": image, "min_instances": "3", "max_instances": "2", "cpu": "x"}
    await tab.send(NewDeploymentState.submit(typed))
    assert set(tab["NewDeploymentState.wrong"]) == {"min_instances", "cpu"}
    await tab.send(NewDeploymentState.check("max_instances", "3"))
    assert set(tab["NewDeploymentState.wrong"]) == {"cpu"}


async def test_a_viewer_creates_nothing(new_tab: Opens, editor: Viewer, image: str) -> None:
    reader = new_tab(factories.viewer(Role.VIEWER))
    await opens(reader)
    await reader.send(NewDeploymentState.submit({"name": "Mine", "image": image}))
    assert reader["NoticeState.kind"] == "error"
    assert deployments.rows(editor).items == []


@pytest.mark.parametrize("typed", [{}, {"name": ["a"], "image": {}}, {"name": "x" * 200_000, "image": None}])
async def test_what_no_form_sends_is_refused_in_words(tab: Tab, image: str, typed: dict[str, Any]) -> None:
    assert image
    await opens(tab)
    await tab.send(NewDeploymentState.submit(typed))
    assert tab["NewDeploymentState.wrong"]
