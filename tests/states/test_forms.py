from typing import Any

import pytest

from deploy_ui.errors import Conflict, Invalid, NotFound
from deploy_ui.services.deployments import Change, NewDeployment
from deploy_ui.services.env import VariableEdit
from deploy_ui.states import forms

WHOLE_FORM = {"name": "Fraud scoring", "image": "fraud-v1"}


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        pytest.param({}, Change(), id="nothing"),
        pytest.param({"cpu": "0,5"}, Change(cpu=0.5), id="a comma"),
        pytest.param({"cpu": " 2 "}, Change(cpu=2.0), id="spaces"),
        pytest.param({"memory_mb": "2048"}, Change(memory_mb=2048), id="a whole number"),
        pytest.param({"name": " New "}, Change(name="New"), id="a name"),
        pytest.param({"name": ""}, Change(name=""), id="an empty name is for the service to refuse"),
        pytest.param({"ready_path": ""}, Change(ready_path=""), id="an empty path is the image's"),
        pytest.param(
            {"env": '[["A", {"value": "1", "secret": true}], ["B", null]]'},
            Change(env={"A": VariableEdit("1", secret=True), "B": None}),
            id="variables",
        ),
        pytest.param({"slug": "x", "generation": "7", "__class__": "x"}, Change(), id="what cannot be changed"),
    ],
)
def test_a_change(typed: dict[str, str], expected: Change) -> None:
    assert forms.change(typed) == (expected, {})


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ({"cpu": "lots"}, {"cpu": "not_a_number"}),
        ({"cpu": "nan"}, {"cpu": "not_a_number"}),
        ({"cpu": "inf"}, {"cpu": "not_a_number"}),
        ({"memory_mb": "1.5"}, {"memory_mb": "not_a_number"}),
        ({"memory_mb": "9" * 50}, {"memory_mb": "not_a_number"}),
        ({"memory_mb": ""}, {"memory_mb": "required"}),
        ({"env": "A=1\nnonsense"}, {"env": "request_refused"}),
        ({"env": '[["A", null], ["A", null]]'}, {"env": "env_twice"}),
        ({"cpu": "x", "memory_mb": "y"}, {"cpu": "not_a_number", "memory_mb": "not_a_number"}),
    ],
)
def test_what_means_nothing_is_named_field_by_field(typed: dict[str, str], codes: dict[str, str]) -> None:
    assert {name: problem.code for name, problem in forms.change(typed)[1].items()} == codes


def test_fields_left_empty_get_their_defaults() -> None:
    typed = {**WHOLE_FORM, "cpu": "", "ready_path": " ", "env": "", "concurrency": "2"}
    assert forms.new_deployment(typed) == (NewDeployment(name="Fraud scoring", image="fraud-v1", concurrency=2), {})


def test_a_new_deployment_may_have_open_and_secret_variables() -> None:
    text = '[["A", {"value": "1", "secret": false}], ["B", {"value": "2", "secret": true}]]'
    new, wrong = forms.new_deployment({**WHOLE_FORM, "env": text})
    assert (new.env, wrong) == ({"A": VariableEdit("1", secret=False), "B": VariableEdit("2", secret=True)}, {})


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ({"name": " "}, {"name": "required"}),
        ({"image": ""}, {"image": "required"}),
        ({"name": "x" * 64}, {"name": "name_too_long"}),
        ({"min_instances": "0", "max_instances": "0"}, {"max_instances": "max_instances_zero"}),
        ({"min_instances": "3", "max_instances": "2"}, {"min_instances": "min_above_max"}),
        (
            {"name": "", "cpu": "x", "memory_mb": "1", "ready_path": "health", "env": '[["1A", {"value": "2"}]]'},
            {
                "name": "required",
                "cpu": "not_a_number",
                "memory_mb": "out_of_range",
                "ready_path": "ready_path_wrong",
                "env": "env_name_wrong",
            },
        ),
    ],
)
def test_everything_that_is_wrong_is_said_at_once(typed: dict[str, str], codes: dict[str, str]) -> None:
    _, wrong = forms.new_deployment({**WHOLE_FORM, **typed})
    assert {name: problem.code for name, problem in wrong.items()} == codes


@pytest.mark.parametrize(
    ("error", "field"),
    [
        (Invalid("out_of_range", field="cpu"), "cpu"),
        (Conflict("deployment_name_taken"), "name"),
        (Conflict("image_unusable"), "image"),
        (NotFound("deployment_not_found"), ""),
    ],
)
def test_errors_stand_at_their_field(error: Any, field: str) -> None:
    assert forms.field_of(error) == field
