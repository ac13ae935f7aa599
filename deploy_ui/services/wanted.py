"""The configuration in a deployment's row: read, changed, written. Callers hold the row."""

from collections.abc import Iterable

from sqlmodel import Session, col, func, select

from deploy_ui import vault
from deploy_ui.enums import ENDED_STATUSES, InstanceStatus
from deploy_ui.errors import Conflict
from deploy_ui.models import Deployment, Instance
from deploy_ui.services import configuration, lookup
from deploy_ui.services.configuration import Change, Configuration


def read(deployment: Deployment) -> Configuration:
    """Return what is wanted now; without variables where their sealing key is gone."""
    same = {name: getattr(deployment, name) for name in configuration.NAMES if name not in {"env", "env_open"}}
    env = vault.unseal_if_readable(deployment.env_sealed) or {}
    return Configuration(**same, env=env, env_open=[name for name in deployment.env_open if name in env])


def after(session: Session, old: Configuration, change: Change) -> Configuration:
    """Return what will be wanted after a change; raises what is wrong with it."""
    image = lookup.usable_image(session, change.image) if change.image else None
    new = configuration.changed(old, change, image.id if image else None)
    if new.name != old.name:
        require_free_name(session, new.name)
    return new


def write(deployment: Deployment, new: Configuration, differing: Iterable[str] = configuration.NAMES) -> None:
    """Write the values that differ: variables whose key is gone stay as they are until somebody enters them anew."""
    names = set(differing)
    if "env" in names:
        deployment.env_sealed = vault.seal(dict(new.env))
    if names & {"env", "env_open"}:  # with new variables no name may stay open that was so among lost ones
        deployment.env_open = list(new.env_open)
    for name in names - {"env", "env_open"}:
        setattr(deployment, name, getattr(new, name))
    deployment.live_name = new.name


def require_free_name(session: Session, name: str) -> None:
    """Raise Conflict if a deployment that is not deleted has this name."""
    if session.exec(select(Deployment.id).where(Deployment.live_name == name)).first() is not None:
        raise Conflict("deployment_name_taken", name=name)


def running(session: Session, deployment: Deployment, *, but_of: int = 0) -> int:
    """Return how many instances run or are on their way, those of one revision left out if it is named."""
    live = col(Instance.status).not_in({*ENDED_STATUSES, InstanceStatus.STOPPING})
    query = select(func.count()).where(col(Instance.deployment_id) == deployment.id, live)
    return session.exec(query.where(col(Instance.revision) != but_of)).one()
