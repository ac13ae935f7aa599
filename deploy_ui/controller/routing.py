"""What the gateway serves of each deployment. Pure."""

from collections.abc import Iterable, Sequence

from deploy_ui.enums import InstanceStatus, Phase, Wish
from deploy_ui.gateway.routes import Route, RouteState
from deploy_ui.services.fleet import Member, Record


def route(member: Member, records: Sequence[Record], phase: Phase) -> Route:
    """Return a deployment's route; only instances that are ready now are endpoints.

    | wish   | ready | phase    | state |
    | delete | any   | any      | deleted |
    | stop   | any   | any      | stopped |
    | run    | some  | any      | serving |
    | run    | none  | failed   | failed |
    | run    | none  | other    | waiting |
    """
    if member.wish is Wish.DELETE:
        return deleted(member.slug)
    endpoints = tuple(sorted(each.address for each in records if each.status is InstanceStatus.READY and each.address))
    state = _state(member.wish, endpoints, phase)
    return Route(
        slug=member.slug,
        state=state,
        endpoints=endpoints if state is RouteState.SERVING else (),
        grants=tuple(sorted(member.grants, key=lambda grant: grant.id)),
        request_timeout_s=member.request_timeout_s,
        concurrency=member.concurrency,
    )


def deleted(slug: str) -> Route:
    """Return the route of a deployment that is gone for good."""
    return Route(slug=slug, state=RouteState.DELETED)


def table(routes: Iterable[Route]) -> list[Route]:
    """Return the routes in the order in which they are written."""
    return sorted(routes, key=lambda each: each.slug)


def _state(wish: Wish, endpoints: Sequence[str], phase: Phase) -> RouteState:
    if wish is Wish.STOP:
        return RouteState.STOPPED
    if endpoints:
        return RouteState.SERVING
    return RouteState.FAILED if phase is Phase.FAILED else RouteState.WAITING
