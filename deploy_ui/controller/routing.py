"""What the gateway serves of each deployment, and whose requests it holds. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet

from deploy_ui.enums import InstanceStatus, Phase, Reason, Wish
from deploy_ui.gateway.gate import Shut
from deploy_ui.gateway.routes import Route, RouteState, Who
from deploy_ui.services.fleet import Member, Record


def route(member: Member, records: Sequence[Record], phase: Phase) -> Route:
    """Return a deployment's route.

    | wish   | ready | phase    | state |
    | delete | any   | any      | deleted |
    | stop   | any   | any      | stopped |
    | run    | some  | any      | serving |
    | run    | none  | failed   | failed |
    | run    | none  | other    | waiting |

    Endpoints are the instances that are ready now. One that waits has the instance that is to be ready next, so that
    the gateway knows it already when it is; or the last one, which a request of the last moment still reaches.
    """
    if member.wish is Wish.DELETE:
        return deleted(member.slug)
    ready = tuple(sorted(each.address for each in records if each.status is InstanceStatus.READY and each.address))
    state = _state(member.wish, ready, phase)
    endpoints = {RouteState.SERVING: ready, RouteState.WAITING: _expected(records)}
    return Route(
        slug=member.slug,
        state=state,
        endpoints=endpoints.get(state, ()),
        who={each.address: Who(each.key, each.revision) for each in records if each.address},
        grants=tuple(sorted(member.grants, key=lambda grant: grant.id)),
        request_timeout_s=member.request_timeout_s,
        concurrency=member.concurrency,
        start_timeout_s=member.start_timeout_s,
        reason="" if state is RouteState.SERVING else member.reason.value,
    )


def deleted(slug: str) -> Route:
    """Return the route of a deployment that is gone for good."""
    return Route(slug=slug, state=RouteState.DELETED)


def table(routes: Iterable[Route]) -> list[Route]:
    """Return the routes in the order in which they are written."""
    return sorted(routes, key=lambda each: each.slug)


def shut(routes: Iterable[Route], reached: Mapping[str, AbstractSet[str]]) -> dict[str, Shut]:
    """Return the deployments whose requests are held or refused.

    `reached` has the endpoints that the gateway surely knows: a deployment opens once a ready one is among them.
    """
    return {
        each.slug: Shut(
            state=RouteState.WAITING if each.state is RouteState.SERVING else each.state,
            start_timeout_s=each.start_timeout_s,
            reason=each.reason,
        )
        for each in routes
        if each.state is not RouteState.SERVING or reached.get(each.slug, frozenset()).isdisjoint(each.endpoints)
    }


def _state(wish: Wish, ready: Sequence[str], phase: Phase) -> RouteState:
    if wish is Wish.STOP:
        return RouteState.STOPPED
    if ready:
        return RouteState.SERVING
    return RouteState.FAILED if phase is Phase.FAILED else RouteState.WAITING


def _expected(records: Sequence[Record]) -> tuple[str, ...]:
    """Return the address of the oldest instance that starts, else of the last one on its way to sleep."""
    starting = [each.address for each in records if each.status is InstanceStatus.STARTING]
    leaving = [
        each.address for each in records if each.status is InstanceStatus.STOPPING and each.reason is Reason.IDLE
    ]
    return tuple(address for address in (*starting, *leaving) if address)[:1]
