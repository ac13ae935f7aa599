"""What is left of deployments that are gone: rules and receivers, with addresses that nobody could remove any more.

No person asks here, so there is no viewer.
"""

from sqlmodel import col, delete, select

from deploy_ui.db import transaction
from deploy_ui.enums import Phase
from deploy_ui.models import Alert, AlertNotice, AlertReceiver, AlertRule, Deployment


def forget() -> None:
    """Drop rules, receivers and notices of deployments that are gone, once everything was told. Alerts stay."""
    gone = select(Deployment.id).where(Deployment.phase == Phase.DELETED)
    untold = select(AlertNotice.deployment_id).where(col(AlertNotice.done_at).is_(None))
    fires = select(Alert.deployment_id).where(col(Alert.ended_at).is_(None))
    with transaction() as session:
        for table in (AlertNotice, AlertReceiver, AlertRule):
            mine = col(table.deployment_id)
            session.exec(delete(table).where(mine.in_(gone), mine.not_in(untold), mine.not_in(fires)))
