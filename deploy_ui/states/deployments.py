"""What the list of deployments shows."""

from dataclasses import dataclass, field

import reflex as rx

from deploy_ui import clock
from deploy_ui.enums import Phase
from deploy_ui.errors import AppError
from deploy_ui.services import deployments
from deploy_ui.services.cards import DeploymentRow
from deploy_ui.services.monitoring import lately
from deploy_ui.services.monitoring.lately import Spark
from deploy_ui.services.viewer import Viewer
from deploy_ui.states.listing import PAGE, Answer, Asked, Listing


@dataclass(frozen=True)
class Drawn(Answer):
    """A part of the list with the last day of its deployments."""

    sparks: dict[str, Spark] = field(default_factory=dict)


class DeploymentsState(Listing, rx.State):
    """The list of deployments."""

    rows: list[DeploymentRow] = []
    sparks: dict[str, Spark] = {}
    """The last day of those that were measured, by slug."""

    _topic = "deployments"
    _order = tuple(Phase)
    _hidden = Phase.DELETED

    @staticmethod
    def _read(viewer: Viewer, asked: Asked) -> Answer:
        status = Phase(asked.status) if asked.status else None
        page = deployments.rows(viewer, limit=PAGE, cursor=asked.cursor or None, search=asked.search, status=status)
        measured = lately.sparks(viewer, clock.now())
        sparks = {row.slug: measured[row.slug] for row in page.items if row.slug in measured}
        return Drawn(page.items, page.next or "", deployments.counts(viewer), sparks)

    async def _keep(self, answer: Answer | AppError) -> None:
        await super()._keep(answer)
        if isinstance(answer, Drawn) and answer.sparks != self.sparks:  # they are sent as a whole
            self.sparks = answer.sparks
