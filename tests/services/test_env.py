from typing import Any

import pytest

from deploy_ui.db import reading
from deploy_ui.enums import VariableChange
from deploy_ui.errors import Invalid
from deploy_ui.models import Deployment
from deploy_ui.services import deployments, env, events, fleet
from deploy_ui.services.deployments import Change
from deploy_ui.services.env import Edits, Env, Variable, VariableDifference, VariableEdit
from tests import factories

OLD = Env({"OPEN": "1", "TOKEN": "hunter2"}, ["OPEN"])
ODD = [
    "",
    " ",
    "a=b=c",
    "$HOME ${HOME} $(id)",
    "a\nb\n",
    "'\"`\\",
    "\t\x01\r",
    "\u043a\u043b\u044e\u0447 🔑 e\u0301",
    "x" * 32 * 1024,
]


@pytest.mark.parametrize(
    ("edits", "values", "shown"),
    [
        pytest.param({}, {"OPEN": "1", "TOKEN": "hunter2"}, ["OPEN"], id="nothing"),
        pytest.param({"NEW": "x"}, {"NEW": "x", "OPEN": "1", "TOKEN": "hunter2"}, ["OPEN"], id="a text is secret"),
        pytest.param({"OPEN": "2"}, {"OPEN": "2", "TOKEN": "hunter2"}, [], id="a text makes an open one secret"),
        pytest.param({"OPEN": VariableEdit("2")}, {"OPEN": "2", "TOKEN": "hunter2"}, ["OPEN"], id="stays open"),
        pytest.param({"TOKEN": VariableEdit("2")}, {"OPEN": "1", "TOKEN": "2"}, ["OPEN"], id="stays secret"),
        pytest.param({"NEW": VariableEdit("2")}, {"NEW": "2", "OPEN": "1", "TOKEN": "hunter2"}, ["OPEN"], id="new"),
        pytest.param({"OPEN": VariableEdit(secret=True)}, {"OPEN": "1", "TOKEN": "hunter2"}, [], id="hidden"),
        pytest.param(
            {"TOKEN": VariableEdit("2", secret=False)}, {"OPEN": "1", "TOKEN": "2"}, ["OPEN", "TOKEN"], id="shown"
        ),
        pytest.param({"OPEN": None, "GONE": None}, {"TOKEN": "hunter2"}, [], id="removed"),
    ],
)
def test_a_change_is_merged(edits: Edits, values: dict[str, str], shown: list[str]) -> None:
    assert env.merged(OLD, edits) == Env(values, shown)


@pytest.mark.parametrize(
    ("edits", "code"),
    [
        ({"NEW": VariableEdit()}, "env_value_missing"),
        ({"NEW": VariableEdit(secret=False)}, "env_value_missing"),
        ({"TOKEN": VariableEdit(secret=False)}, "env_value_needed"),
    ],
)
def test_what_has_no_value_is_refused(edits: Edits, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        env.merged(OLD, edits)
    assert (caught.value.code, caught.value.field) == (code, "env")


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"": "x"}, "env_name_wrong"),
        ({"A-B": "x"}, "env_name_wrong"),
        ({"é": "x"}, "env_name_wrong"),
        ({"A" * 129: "x"}, "env_name_wrong"),
        ({"DEPLOYMENT": "x"}, "env_name_reserved"),
        ({"A": "\0"}, "env_value_wrong"),
        ({"A": "\ud800"}, "env_value_wrong"),
        ({"A": "\u044f" * (16 * 1024 + 1)}, "env_value_wrong"),
        ({f"A{number}": "" for number in range(201)}, "env_too_many"),
        ({f"A{number}": "x" * 32 * 1024 for number in range(8)}, "env_too_large"),
    ],
)
def test_what_no_process_can_be_given_is_refused(values: dict[str, str], code: str) -> None:
    with pytest.raises(Invalid, match=code):
        env.check(values)


def test_differences_tell_values_of_open_ones_only() -> None:
    new = Env({"OPEN": "1", "TOKEN": "other", "MORE": "9"}, ["MORE"])
    assert env.differences(OLD, new) == [
        VariableDifference("MORE", VariableChange.ADDED, None, "9"),
        VariableDifference("OPEN", VariableChange.HIDDEN, "1", None),
        VariableDifference("TOKEN", VariableChange.CHANGED),
    ]


@pytest.mark.usefixtures("database")
def test_odd_values_are_kept_as_they_are() -> None:
    editor = factories.viewer()
    values = {f"V{number}": value for number, value in enumerate(ODD)}
    card = factories.deployment(editor, env={name: VariableEdit(value, secret=False) for name, value in values.items()})
    assert {each.name: each.value for each in card.env} == values
    [member] = fleet.members()
    assert member.env == values


@pytest.mark.usefixtures("database")
def test_only_who_may_see_it_changes_without_a_new_revision() -> None:
    editor = factories.viewer()
    card = factories.deployment(editor, env={"A": VariableEdit("visible", secret=False)})
    hidden = deployments.change(editor, card.slug, Change(env={"A": VariableEdit(secret=True)}))
    assert (hidden.revision, hidden.env) == (1, [Variable("A", secret=True, value=None)])
    assert events.rows(editor, card.slug)[0].facts["fields"] == ["env_open"]
    with pytest.raises(Invalid, match="env_value_needed"):
        deployments.change(editor, card.slug, Change(env={"A": VariableEdit(secret=False)}))


@pytest.mark.usefixtures("database")
def test_a_name_that_was_open_before_the_key_was_lost_is_not_open_again(data_dir: Any) -> None:
    editor = factories.viewer()
    card = factories.deployment(editor, env={"A": VariableEdit("1", secret=False)})
    (data_dir / "keys" / "seal.key").unlink()
    again = deployments.change(editor, card.slug, Change(env={"A": "hunter2"}))
    assert again.env == [Variable("A", secret=True, value=None)]
    with reading() as session:
        assert session.get_one(Deployment, card.id).env_open == []
