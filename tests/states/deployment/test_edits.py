import dataclasses

import pytest

from deploy_ui.services.cards import DeploymentCard
from deploy_ui.services.env import VariableEdit
from deploy_ui.states.deployment.edits import FACTS, Edit, edits, texts
from tests import factories

ENV = {"OPEN": VariableEdit("0.8", secret=False), "TOKEN": "s3cret"}
pytestmark = pytest.mark.usefixtures("database")


def card() -> DeploymentCard:
    made = factories.deployment(name="Fraud scoring", cpu=2.0, memory_mb=512, max_instances=3, env=ENV)
    return dataclasses.replace(made, image_name="fraud-v1")


@pytest.mark.parametrize(
    ("draft", "expected"),
    [
        pytest.param({}, [], id="nothing typed"),
        pytest.param({"memory_mb": "1024"}, [Edit("memory_mb", "512", "1024")], id="another number"),
        pytest.param({"memory_mb": " 512 "}, [], id="typed back"),
        pytest.param({"cpu": "2.0"}, [], id="the same number written otherwise"),
        pytest.param({"cpu": "2,5"}, [Edit("cpu", "2", "2,5")], id="a comma"),
        pytest.param({"cpu": "lots"}, [Edit("cpu", "2", "lots")], id="no number"),
        pytest.param({"name": "Fraud scoring "}, [], id="a space behind the name"),
        pytest.param({"image": "fraud-v2"}, [Edit("image", "fraud-v1", "fraud-v2")], id="another image"),
        pytest.param({"env": ""}, [], id="no variables"),
        pytest.param({"env": "[]"}, [], id="variables typed back"),
        pytest.param(
            {"env": '[["TOKEN", {"value": true, "secret": true}], ["NEW", {"value": "1", "secret": false}]]'},
            [Edit("env", "", "", "TOKEN", "changed"), Edit("env", "", "1", "NEW", "added")],
            id="secret values are not told",
        ),
        pytest.param({"env": '[["OPEN", null]]'}, [Edit("env", "0.8", "", "OPEN", "removed")], id="one removed"),
        pytest.param(
            {"env": '[["OPEN", {"secret": true}]]'}, [Edit("env", "", "", "OPEN", "hidden")], id="secret from now on"
        ),
        pytest.param({"env": "nonsense"}, [Edit("env", "", "")], id="what no editor sends"),
        pytest.param({"slug": "other"}, [], id="what cannot be changed"),
    ],
)
def test_edits_are_what_differs(draft: dict[str, str], expected: list[Edit]) -> None:
    assert edits(card(), draft) == expected


def test_edits_stand_in_the_order_of_the_facts() -> None:
    draft = {"memory_mb": "1", "cpu": "1", "name": "x"}
    assert [each.field for each in edits(card(), draft)] == ["name", "cpu", "memory_mb"]


def test_every_field_of_every_fact_begins_with_a_text() -> None:
    assert set(texts(card())) == {name for names in FACTS.values() for name in names}
