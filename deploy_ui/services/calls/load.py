"""What calls make deployments and their instances do: read by the controller once a second, so cheap without calls."""

from collections.abc import Collection, Mapping

from sqlmodel import col, func, select

from deploy_ui.db import reading
from deploy_ui.enums import CallStatus
from deploy_ui.models import Call, Deployment


def waiting_and_running() -> Mapping[str, tuple[int, int]]:
    """Return how many calls wait and how many run, by slug; deployments without either are left out."""
    numbers: dict[str, tuple[int, int]] = {}
    counted = (
        select(col(Call.deployment_id), col(Call.status), func.count().label("number"))
        .where(col(Call.status).in_([CallStatus.QUEUED, CallStatus.RUNNING]))
        .group_by(col(Call.status), col(Call.deployment_id))
        .subquery()
    )
    query = select(Deployment.slug, counted.c.status, counted.c.number).join(counted)
    with reading() as session:
        for slug, status, number in session.exec(query):
            queued, running = numbers.get(slug, (0, 0))
            numbers[slug] = (queued + number, running) if status == CallStatus.QUEUED else (queued, running + number)
    return numbers


def busy(instances: Collection[str]) -> set[str]:
    """Return those of these instances, by key, on which calls run."""
    running = select(Call.instance).where(Call.status == CallStatus.RUNNING, col(Call.instance).in_(instances))
    with reading() as session:
        return set(session.exec(running.distinct()))
