"""Deployments: list, create, change, roll back, start, stop, delete."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from deploy_ui.api.asking import Asking
from deploy_ui.api.errors import answers
from deploy_ui.api.shapes import Body, Listing, Number, Paging, Whole
from deploy_ui.enums import Phase
from deploy_ui.services import deployments, events, instances, plans, revisions
from deploy_ui.services.cards import DeploymentCard, DeploymentRow
from deploy_ui.services.configuration import Change, NewDeployment
from deploy_ui.services.env import VariableEdit
from deploy_ui.services.events import EventRow
from deploy_ui.services.instances import InstanceRow
from deploy_ui.services.paging import DEFAULT_LIMIT, LARGEST_LIMIT
from deploy_ui.services.plans import Plan
from deploy_ui.services.revisions import RevisionRow

router = APIRouter(prefix="/api/v1/deployments", tags=["Deployments"], responses=answers(401))


class VariableBody(Body):
    """An environment variable, or what to change of one."""

    value: str | None = Field(default=None, description="Left out: it stays. To show one that was secret, give it.")
    secret: bool | None = Field(
        default=None,
        strict=True,
        description="`false`: its value may be shown to everybody here. Left out: as it was; a new one is secret.",
    )


class DeploymentBody(Body):
    """What to run, and how."""

    name: str = Field(examples=["Iris classifier"])
    image: str = Field(description="Id or name.", examples=["iris"])
    slug: str = Field(default="", description="Its key in the URL; made from the name if empty.")
    cpu: Number = Field(default=NewDeployment.cpu, description="Cores of one instance.")
    memory_mb: Whole = NewDeployment.memory_mb
    gpu: Whole = NewDeployment.gpu
    min_instances: Whole = Field(
        default=NewDeployment.min_instances, description="0: it sleeps while nobody calls; the first request wakes it."
    )
    max_instances: Whole | None = Field(
        default=None, description="As many as `min_instances` if left out, and at least 1."
    )
    concurrency: Whole = Field(default=NewDeployment.concurrency, description="Requests that one instance works on.")
    idle_timeout_s: Whole = Field(
        default=NewDeployment.idle_timeout_s,
        description="Seconds without a request until it sleeps, if `min_instances` is 0.",
    )
    start_timeout_s: Whole = NewDeployment.start_timeout_s
    request_timeout_s: Whole = NewDeployment.request_timeout_s
    ready_path: str = Field(default="", description="The image's if empty.")
    env: dict[str, str | VariableBody] = Field(
        default_factory=dict,
        description="Sealed at rest. A text is secret: its value is never shown again.",
        examples=[{"TOKEN": "s3cret", "THRESHOLD": {"value": "0.82", "secret": False}}],
    )


class ChangeBody(Body):
    """What to change; what is left out stays as it is."""

    name: str | None = None
    image: str | None = None
    cpu: Number | None = None
    memory_mb: Whole | None = None
    gpu: Whole | None = None
    min_instances: Whole | None = None
    max_instances: Whole | None = None
    instances: Whole | None = Field(
        default=None, description="How many to run now, between the two. The load may change it."
    )
    concurrency: Whole | None = None
    idle_timeout_s: Whole | None = None
    start_timeout_s: Whole | None = None
    request_timeout_s: Whole | None = None
    ready_path: str | None = None
    env: dict[str, str | VariableBody | None] | None = Field(
        default=None, description="Merged; a text is secret; `null` removes a name."
    )


class ScaleBody(Body):
    """How many instances to run."""

    instances: Whole = Field(examples=[2])


class RollbackBody(Body):
    """Where to go back to."""

    revision: Whole = Field(description="Its number; also one that failed, to try it again.", examples=[3])


@router.get("")
def listing(
    viewer: Asking, paging: Annotated[Paging, Depends()], status: Annotated[Phase | None, Query()] = None
) -> Listing[DeploymentRow]:
    """List deployments, what needs attention first; deleted ones only with `status=deleted`."""
    return Listing.of(deployments.rows(viewer, **vars(paging), status=status))


@router.post("", status_code=201, responses=answers(403, 409, 422))
def create(viewer: Asking, body: DeploymentBody) -> DeploymentCard:
    """Create a deployment; its instances start as soon as its image is ready."""
    values = {**body.model_dump(exclude={"env"}), "env": _edits(body.env)}
    return deployments.create(viewer, NewDeployment(**values))


@router.get("/{slug}", responses=answers(404))
def card(viewer: Asking, slug: str) -> DeploymentCard:
    """Return one deployment; a deleted one still has a card."""
    return deployments.card(viewer, slug)


@router.patch("/{slug}", responses=answers(403, 404, 409, 410, 422))
def change(
    viewer: Asking,
    slug: str,
    body: ChangeBody,
    dry_run: Annotated[bool, Query(description="Change nothing, only say what would happen.")] = False,  # noqa: FBT002 - a query parameter
) -> DeploymentCard | Plan:
    """Change a deployment. New instances come up before the old ones go."""
    values = body.model_dump(exclude_unset=True, exclude={"env"})
    change = Change(**values, env=None if body.env is None else _edits(body.env))
    return plans.plan(viewer, slug, change) if dry_run else deployments.change(viewer, slug, change)


@router.delete("/{slug}", responses=answers(403, 404))
def delete(viewer: Asking, slug: str) -> DeploymentCard:
    """Delete a deployment for ever and revoke its keys; twice is fine. Its card stays."""
    return deployments.delete(viewer, slug)


@router.post("/{slug}/start", responses=answers(403, 404, 410))
def start(viewer: Asking, slug: str) -> DeploymentCard:
    """Start a stopped deployment; a running one is fine."""
    return deployments.start(viewer, slug)


@router.post("/{slug}/stop", responses=answers(403, 404, 410))
def stop(viewer: Asking, slug: str) -> DeploymentCard:
    """Stop a deployment; only a person starts it again."""
    return deployments.stop(viewer, slug)


@router.post("/{slug}/scale", responses=answers(403, 404, 410, 422))
def scale(viewer: Asking, slug: str, body: ScaleBody) -> DeploymentCard:
    """Run this many instances, within the deployment's bounds."""
    return deployments.scale(viewer, slug, body.instances)


@router.get("/{slug}/revisions", responses=answers(404, 422))
def revision_rows(
    viewer: Asking,
    slug: str,
    limit: Annotated[int, Query(ge=1, le=LARGEST_LIMIT)] = DEFAULT_LIMIT,
    cursor: Annotated[str | None, Query(description="`next` of the page before.")] = None,
) -> Listing[RevisionRow]:
    """List revisions, newest first, each with what changed against the number before it.

    Of secret environment variables only names are shown. `obstacle` is the code of what forbids a rollback, or empty.
    """
    return Listing.of(revisions.rows(viewer, slug, limit=limit, cursor=cursor))


@router.post("/{slug}/rollback", responses=answers(403, 404, 409, 410, 422))
def roll_back(viewer: Asking, slug: str, body: RollbackBody) -> DeploymentCard:
    """Want another revision again. Its instances come up before the present ones go; nothing else is changed."""
    return deployments.roll_back(viewer, slug, body.revision)


@router.get("/{slug}/instances", responses=answers(404))
def instance_rows(viewer: Asking, slug: str) -> Listing[InstanceRow]:
    """List the newest 200 instances, live ones first."""
    return Listing.whole(instances.rows(viewer, slug))


@router.get("/{slug}/events", responses=answers(404))
def event_rows(
    viewer: Asking,
    slug: str,
    limit: Annotated[int, Query(ge=1, le=LARGEST_LIMIT)] = events.DEFAULT_LIMIT,
    cursor: Annotated[str | None, Query(description="`next` of the page before.")] = None,
) -> Listing[EventRow]:
    """List what happened to the deployment, newest first."""
    return Listing.of(events.page(viewer, slug, limit=limit, cursor=cursor))


def _edits(env: Mapping[str, str | VariableBody | None]) -> dict[str, str | VariableEdit | None]:
    return {
        name: VariableEdit(each.value, each.secret) if isinstance(each, VariableBody) else each
        for name, each in env.items()
    }
