"""The web app: one table of pages, and what is mounted around them."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import reflex as rx
from reflex.event import EventSpec

from deploy_ui import ids
from deploy_ui.i18n.ui import t
from deploy_ui.pages.deployment.page import TITLE as CARD_TITLE
from deploy_ui.pages.deployment.page import deployment
from deploy_ui.pages.deployments import deployments
from deploy_ui.pages.image.page import TITLE as IMAGE_TITLE
from deploy_ui.pages.image.page import image
from deploy_ui.pages.images import images
from deploy_ui.pages.new_deployment import new_deployment
from deploy_ui.pages.new_image import new_image
from deploy_ui.pages.not_found import not_found
from deploy_ui.pages.published import published
from deploy_ui.pages.set_up import set_up
from deploy_ui.pages.sign_in import sign_in
from deploy_ui.states import changes, tabs
from deploy_ui.states.deployment.alerts import AlertsState
from deploy_ui.states.deployment.call_actions import CallActions
from deploy_ui.states.deployment.call_recipes import CallRecipesState
from deploy_ui.states.deployment.calls import CallsState
from deploy_ui.states.deployment.card import CardState
from deploy_ui.states.deployment.general import GeneralState
from deploy_ui.states.deployment.grafana import GrafanaState
from deploy_ui.states.deployment.instances import InstancesState
from deploy_ui.states.deployment.keys import KeysState
from deploy_ui.states.deployment.logs import LogsState
from deploy_ui.states.deployment.monitoring import MonitoringState
from deploy_ui.states.deployment.revisions import RevisionsState
from deploy_ui.states.deployment.snippets import SnippetsState
from deploy_ui.states.deployment.test import TrialState
from deploy_ui.states.deployment_actions import DeploymentActions
from deploy_ui.states.deployments import DeploymentsState
from deploy_ui.states.image.card import ImageState
from deploy_ui.states.image.compare import CompareState
from deploy_ui.states.image.info import InfoState
from deploy_ui.states.image.usage import UsageState
from deploy_ui.states.image_actions import ImageActions
from deploy_ui.states.images import ImagesState
from deploy_ui.states.new_deployment import NewDeploymentState
from deploy_ui.states.new_image import NewImageState
from deploy_ui.states.notices import NoticeState
from deploy_ui.states.rail import RailState
from deploy_ui.states.readme import ReadmeState
from deploy_ui.states.session import SessionState
from deploy_ui.web import surroundings

STYLESHEETS = (
    "tokens",
    "frame",
    "controls",
    "data",
    "code",
    "logs",
    "forms",
    "trial",
    "overlays",
    "image",
    "env",
    "markdown",
    "readme_editor",
    "monitoring",
    "requests",
    "alerts",
    "grafana",
    "narrow",
    "readmes",
)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Page:
    """One page: where, what, its title, what it loads, and whether it is for people who are signed in."""

    route: str
    view: Callable[[], rx.Component]
    title: Any
    on_load: list[Any] = field(default_factory=list)
    signed_in: bool = True

    @property
    def loads(self) -> list[Any]:
        """Everything the page loads: pages of the console find out who it is first."""
        return (
            [SessionState.enter, RailState.follow, KeysState.leave, *self.on_load] if self.signed_in else self.on_load
        )


CARD_LOADS = [
    DeploymentActions.keep,
    CardState.follow,
    GeneralState.follow,
    RevisionsState.follow,
    SnippetsState.follow,
    InstancesState.follow,
    TrialState.enter,
    TrialState.follow,
    CallActions.keep,
    CallRecipesState.close,
    CallsState.follow,
    LogsState.follow,
    MonitoringState.follow,
    GrafanaState.follow,
    AlertsState.follow,
    KeysState.follow,
    ReadmeState.follow,
]
"""Each tab looks only while it is the open one; a question that was left open on another page is closed."""

IMAGE_LOADS = [
    ImageActions.keep,
    ImageState.follow,
    InfoState.follow,
    UsageState.follow,
    CompareState.follow,
    ReadmeState.follow,
]

PAGES = (
    Page("/", rx.fragment, t("product.name"), [SessionState.start], signed_in=False),
    Page("/sign-in", sign_in, t("session.sign_in"), [SessionState.leave_if_signed_in], signed_in=False),
    Page("/set-up", set_up, t("set_up.title"), [SessionState.leave_if_signed_in], signed_in=False),
    Page("/deployments", deployments, t("nav.deployments"), [DeploymentActions.keep, DeploymentsState.follow]),
    Page("/images", images, t("nav.images"), [ImageActions.keep, ImagesState.follow]),
    Page("/deployments/new", new_deployment, t("new.title"), [NewDeploymentState.enter]),
    Page("/deployments/[slug]/[[tab]]", deployment, CARD_TITLE, CARD_LOADS),
    Page("/images/new", new_image, t("new_image.title"), [NewImageState.enter]),
    Page("/images/[image_id]/[[tab]]", image, IMAGE_TITLE, IMAGE_LOADS),
    Page("/readme/[token]", published, t("readme_published.title"), signed_in=False),
    Page("404", not_found, t("not_found.title"), signed_in=False),
)


def unforeseen(exception: Exception) -> EventSpec:
    """Log what nobody foresaw, and give the reader a number to quote."""
    log_id = ids.new_id(8)
    log.error("unforeseen failure %s", log_id, exc_info=exception)
    return NoticeState.unforeseen(log_id)


def connected(socket: str) -> bool:
    """Say whether a browser's socket is connected."""
    namespace = app.event_namespace
    if app.sio is None or namespace is None:
        return True
    return bool(app.sio.manager.is_connected(socket, namespace.namespace))


app = rx.App(
    stylesheets=[f"/console/{name}.css" for name in STYLESHEETS],
    head_components=[rx.el.link(rel="icon", href="/favicon.svg", type="image/svg+xml")],
    toaster=None,
    app_wraps={},
    backend_exception_handler=unforeseen,
    api_transformer=surroundings.transformers(),
)
app.register_lifespan_task(changes.pump)
tabs.ask(connected)
for page in PAGES:
    app.add_page(page.view, route=page.route, title=page.title + " · Deploy UI", on_load=page.loads)
