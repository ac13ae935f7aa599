"""The form of a new deployment: the variables it is born with."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from deploy_ui.services import deployments
from deploy_ui.services.env import Variable
from tests import factories


def test_a_deployment_is_born_with_the_variables_of_a_file(page: Page, signed_in: Callable[..., None]) -> None:
    signed_in()
    person = factories.viewer(name="Oleg Smirnov")
    factories.image(person, name="fraud-gbm-v14")
    page.goto("/deployments/new")
    page.get_by_label("Name", exact=True).fill("Fraud scoring")
    page.get_by_text("Advanced", exact=True).click()
    page.get_by_test_id("env-paste").click()
    page.get_by_test_id("dotenv").fill("PORT=1\nTHRESHOLD=0.82\nTOKEN='it costs $5'\nEMPTY=\n")
    page.get_by_test_id("dotenv-add").click()
    page.get_by_role("switch", name="THRESHOLD").click()
    page.get_by_test_id("submit").click()
    expect(page.get_by_test_id("env-wrong")).to_contain_text("PORT is set by Deploy UI")
    page.get_by_role("button", name="Remove PORT").click()
    page.get_by_test_id("submit").click()
    expect(page).to_have_url(re.compile("/deployments/fraud-scoring/general"))
    assert deployments.card(person, "fraud-scoring").env == [
        Variable("EMPTY", secret=True, value=None),
        Variable("THRESHOLD", secret=False, value="0.82"),
        Variable("TOKEN", secret=True, value=None),
    ]
    expect(page.get_by_test_id("general")).not_to_contain_text("it costs")
