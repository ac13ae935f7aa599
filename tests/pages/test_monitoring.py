"""What shows measurements can be put together, with every text that it needs."""

from collections.abc import Callable

import pytest
import reflex as rx

from deploy_ui.components.chart_pane import CHARTS, CRASHES
from deploy_ui.deploy_ui import app
from deploy_ui.enums import Reason
from deploy_ui.metrics.plots import PLOTS
from deploy_ui.pages.deployment.charts import charts
from deploy_ui.pages.deployment.general import general
from deploy_ui.pages.deployment.monitoring import monitoring
from deploy_ui.pages.deployments import deployments


@pytest.mark.parametrize("view", [monitoring, charts, general, deployments])
def test_a_page_with_measurements_renders(view: Callable[[], rx.Component]) -> None:
    assert app is not None
    assert view().render()


def test_every_chart_has_a_name() -> None:
    assert [each.name for each in PLOTS] == list(CHARTS)


def test_crashes_have_reasons_that_there_are() -> None:
    assert set(CRASHES) <= {each.value for each in Reason}
