"""How far an instance has come on its way to readiness."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from deploy_ui.db import reading
from deploy_ui.enums import InstanceStatus, Role
from deploy_ui.models import Instance
from deploy_ui.services import lookup
from deploy_ui.services.viewer import Viewer

ON_ITS_WAY = (InstanceStatus.PENDING, InstanceStatus.STARTING)


@dataclass(frozen=True)
class Start:
    """The moments of one start; None: not reached yet, or passed without a word."""

    created_at: datetime
    started_at: datetime | None = None
    loading_at: datetime | None = None
    ready_at: datetime | None = None


def under_way(viewer: Viewer, slug: str) -> Start | None:
    """Return the start of the newest instance that is not ready yet; None when none is on its way."""
    viewer.require(Role.VIEWER)
    with reading() as session:
        deployment = lookup.deployment(session, slug)
        query = (
            select(Instance)
            .where(Instance.deployment_id == deployment.id, col(Instance.status).in_(ON_ITS_WAY))
            .order_by(col(Instance.created_at).desc(), col(Instance.key))
        )
        found = session.exec(query).first()
    return Start(found.created_at, found.started_at, found.loading_at, found.ready_at) if found else None
