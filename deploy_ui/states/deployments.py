"""What the list of deployments shows."""

import reflex as rx

from deploy_ui.enums import Phase
from deploy_ui.services import deployments
from deploy_ui.services.cards import DeploymentRow
from deploy_ui.services.viewer import Viewer
from deploy_ui.states.listing import PAGE, Answer, Asked, Listing


class DeploymentsState(Listing, rx.State):
    """The list of deployments."""

    rows: list[DeploymentRow] = []

    _topic = "deployments"
    _order = tuple(Phase)
    _hidden = Phase.DELETED

    @staticmethod
    def _read(viewer: Viewer, asked: Asked) -> Answer:
        status = Phase(asked.status) if asked.status else None
        page = deployments.rows(viewer, limit=PAGE, cursor=asked.cursor or None, search=asked.search, status=status)
        return Answer(page.items, page.next or "", deployments.counts(viewer))
