"""Alerts of a deployment: what fires, the rules, who is told."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from deploy_ui.api.asking import Asking
from deploy_ui.api.errors import answers
from deploy_ui.api.shapes import Body, Listing, Number, Whole
from deploy_ui.enums.alerts import AlertKind, ReceiverKind
from deploy_ui.services.alerts import board, receivers, rules
from deploy_ui.services.alerts.board import AlertRow
from deploy_ui.services.alerts.receivers import ReceiverRow
from deploy_ui.services.alerts.rules import LONGEST_MUTE_S, RuleRow
from deploy_ui.services.paging import LARGEST_LIMIT

router = APIRouter(prefix="/api/v1/deployments/{slug}/alerts", tags=["Alerts"], responses=answers(401, 404))

THRESHOLD = "What must be exceeded: a share (0.05 is 5 %), seconds, or a number of instances, depending on the kind."
MINUTES = "Over which is measured, or for which it must be so."
LEAST = "With fewer requests within these minutes nothing is said."


class Board(Body):
    """What fires now, and one page of what is over."""

    firing: list[AlertRow]
    items: list[AlertRow] = Field(description="What is over, newest first; kept 30 days.")
    next: str | None = Field(default=None, description="Give it as `cursor` to get the following page.")


class RuleNumbers(Body):
    """The numbers of a rule. A kind that has no use for one takes none."""

    threshold: Number | None = Field(default=None, description=THRESHOLD, examples=[0.05])
    minutes: Whole | None = Field(default=None, description=MINUTES, examples=[5])
    least_requests: Whole | None = Field(default=None, description=LEAST, examples=[20])

    @property
    def numbers(self) -> dict[str, float | None]:
        """Return them by name."""
        return {"threshold": self.threshold, "minutes": self.minutes, "least_requests": self.least_requests}


class RuleBody(RuleNumbers):
    """A rule to add; what is left out is what is usual for its kind."""

    kind: AlertKind


class RuleChange(RuleNumbers):
    """What to change of a rule; what is left out stays as it is."""

    enabled: bool | None = None


class Mute(Body):
    """For how long a rule is muted."""

    seconds: Whole | None = Field(
        default=None,
        ge=1,
        le=LONGEST_MUTE_S,
        description="Without it: until somebody unmutes it.",
        examples=[3600],
    )


class ReceiverBody(Body):
    """Somebody to tell."""

    kind: ReceiverKind
    address: str = Field(description="A webhook's URL, or an e-mail address.", examples=["https://example.com/hook"])
    language: str = Field(default="en", description="Of what they are told: `en` or `ru`.")


@router.get("")
def listing(
    viewer: Asking,
    slug: str,
    limit: Annotated[int, Query(ge=1, le=LARGEST_LIMIT)] = board.DEFAULT_LIMIT,
    cursor: Annotated[str | None, Query(description="`next` of the page before.")] = None,
) -> Board:
    """Say what fires now, and what fired before."""
    page = board.history(viewer, slug, limit=limit, cursor=cursor)
    return Board.model_construct(firing=board.firing(viewer, slug), items=page.items, next=page.next)


@router.get("/rules")
def list_rules(viewer: Asking, slug: str) -> Listing[RuleRow]:
    """List the rules, and how each stands."""
    return Listing.whole(rules.rows(viewer, slug))


@router.post("/rules", status_code=201, responses=answers(403, 409, 410, 422))
def create_rule(viewer: Asking, slug: str, body: RuleBody) -> RuleRow:
    """Add a rule."""
    return rules.create(viewer, slug, body.kind, body.numbers)


@router.patch("/rules/{rule_id}", responses=answers(403, 410, 422))
def change_rule(viewer: Asking, slug: str, rule_id: int, body: RuleChange) -> RuleRow:
    """Change a rule's numbers, or switch it off and on."""
    return rules.change(viewer, slug, rule_id, body.numbers, enabled=body.enabled)


@router.delete("/rules/{rule_id}", status_code=204, responses=answers(403, 410))
def remove_rule(viewer: Asking, slug: str, rule_id: int) -> None:
    """Remove a rule; what it fired stays in the history."""
    rules.remove(viewer, slug, rule_id)


@router.post("/rules/{rule_id}/mute", responses=answers(403, 410, 422))
def mute_rule(viewer: Asking, slug: str, rule_id: int, body: Mute) -> RuleRow:
    """Send no notices of a rule for a while. It is judged as before."""
    return rules.mute(viewer, slug, rule_id, body.seconds)


@router.post("/rules/{rule_id}/unmute", responses=answers(403, 410))
def unmute_rule(viewer: Asking, slug: str, rule_id: int) -> RuleRow:
    """Send notices of a rule again."""
    return rules.unmute(viewer, slug, rule_id)


@router.get("/receivers")
def list_receivers(viewer: Asking, slug: str) -> Listing[ReceiverRow]:
    """List who is told, with how the last try went."""
    return Listing.whole(receivers.rows(viewer, slug))


@router.post("/receivers", status_code=201, responses=answers(403, 409, 410, 422))
def create_receiver(viewer: Asking, slug: str, body: ReceiverBody) -> ReceiverRow:
    """Add somebody to tell. The address of a webhook is never shown again."""
    return receivers.create(viewer, slug, body.kind, body.address, body.language)


@router.delete("/receivers/{receiver_id}", status_code=204, responses=answers(403, 410))
def remove_receiver(viewer: Asking, slug: str, receiver_id: int) -> None:
    """Tell them nothing more."""
    receivers.remove(viewer, slug, receiver_id)


@router.post("/receivers/{receiver_id}/test", status_code=202, responses=answers(403, 410, 429))
def test_receiver(viewer: Asking, slug: str, receiver_id: int) -> None:
    """Send them a test, once; how it went is in the list of receivers soon after."""
    receivers.test(viewer, slug, receiver_id)
