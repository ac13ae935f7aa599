"""What a change will do to a deployment, said before it is made."""

from dataclasses import dataclass, field

from sqlmodel import Session

from deploy_ui.db import transaction
from deploy_ui.enums import ImageStatus, PlanStep, Role, Wish
from deploy_ui.models import Deployment, Image
from deploy_ui.services import configuration, env, lookup, revisions, wanted
from deploy_ui.services.configuration import Change, Configuration
from deploy_ui.services.env import VariableDifference
from deploy_ui.services.viewer import Viewer


@dataclass(frozen=True)
class Standing:
    """What a deployment is at the moment."""

    wish: Wish
    running: int
    """Instances that run or are on their way."""
    image_ready: bool
    """Whether the image it will have is built."""


@dataclass(frozen=True)
class Step:
    """One thing that will happen."""

    what: PlanStep
    count: int = 0
    """To how many instances; 0: not to any."""


@dataclass(frozen=True)
class PlannedChange:
    """One value that will differ."""

    field: str
    """As `POST /deployments` names it."""
    before: str | int | float
    after: str | int | float
    """Of an image its name."""


@dataclass(frozen=True)
class Plan:
    """What a change will do."""

    revision: int
    """The one that is wanted afterwards."""
    new_revision: bool
    """Whether it is made by this change."""
    steps: list[Step]
    changes: list[PlannedChange] = field(default_factory=list)
    env_changes: list[VariableDifference] = field(default_factory=list)


def plan(viewer: Viewer, slug: str, change: Change) -> Plan:
    """Return what a change would do and make nothing of it, or raise what making it would raise."""
    viewer.require(Role.EDITOR)
    with transaction() as session:
        deployment = lookup.live_deployment(session, slug)
        old = wanted.read(deployment)
        new = wanted.after(session, old, change)
        anew = configuration.needs_new_instances(configuration.differences(old, new))
        return Plan(
            revision=revisions.newest(session, deployment) + 1 if anew else deployment.revision,
            new_revision=anew,
            steps=steps(old, new, _standing(session, deployment, new)),
            changes=_changes(session, old, new),
            env_changes=env.differences(old.variables, new.variables),
        )


def steps(old: Configuration, new: Configuration, now: Standing) -> list[Step]:
    """Return what will happen, in this order. Pure.

    | differs                       | stands           | steps                                                     |
    | nothing                       | any              | nothing                                                   |
    | the name only                 | any              | renamed                                                   |
    | who may see variables only    | any              | kept                                                      |
    | anything else                 | stopped          | at the next start                                         |
    | what instances are born with  | asleep           | tried by as many as are wanted then                       |
    | the same, not asked to be up  | asleep           | used when it wakes                                        |
    | the same                      | none runs        | started: all                                              |
    | the same                      | runs             | replaced: all that stay; started or stopped: the rest     |
    | the same, image not built yet | not stopped      | the image is waited for, before all these                 |
    | the number wanted             | not stopped      | started or stopped: the difference                        |
    | anything else                 | asleep           | used when it wakes                                        |
    | anything else                 | not stopped      | kept                                                      |
    """
    differing = set(configuration.differences(old, new))
    if not differing:
        return [Step(PlanStep.NOTHING)]
    if differing <= {"name", "env_open"}:
        return [Step(PlanStep.RENAMED if "name" in differing else PlanStep.KEPT)]
    if now.wish is not Wish.RUN:
        return [Step(PlanStep.NEXT_START)]
    if configuration.needs_new_instances(list(differing)):
        waited = [] if now.image_ready else [Step(PlanStep.IMAGE_AWAITED)]
        return [*waited, *_born_anew(old, new, now)]
    return _scaled(old, new) or [Step(PlanStep.WHEN_IT_WAKES if _asleep(old, now) else PlanStep.KEPT)]


def _born_anew(old: Configuration, new: Configuration, now: Standing) -> list[Step]:
    if _asleep(old, now):
        return [Step(PlanStep.TRIED, new.instances) if new.instances else Step(PlanStep.WHEN_IT_WAKES)]
    stay = min(now.running, new.instances)
    replaced = [Step(PlanStep.REPLACED, stay)] if stay else []
    return [*replaced, *_difference(now.running, new.instances)]


def _scaled(old: Configuration, new: Configuration) -> list[Step]:
    return _difference(old.instances, new.instances)


def _difference(before: int, after: int) -> list[Step]:
    if before == after:
        return []
    return [Step(PlanStep.STARTED, after - before) if after > before else Step(PlanStep.STOPPED, before - after)]


def _asleep(old: Configuration, now: Standing) -> bool:
    return old.instances == 0 and now.running == 0


def _standing(session: Session, deployment: Deployment, new: Configuration) -> Standing:
    image = session.get_one(Image, new.image_id)
    running = wanted.running(session, deployment)
    return Standing(deployment.wish, running, image_ready=image.status == ImageStatus.READY)


def _changes(session: Session, old: Configuration, new: Configuration) -> list[PlannedChange]:
    found = [name for name in configuration.differences(old, new) if name not in {"env", "env_open"}]
    values = [(name, getattr(old, name), getattr(new, name)) for name in found if name != "image_id"]
    made = [PlannedChange(*each) for each in values]
    if "image_id" not in found:
        return made
    before, after = (session.get_one(Image, each.image_id).name for each in (old, new))
    return [PlannedChange("image", before, after), *made]
