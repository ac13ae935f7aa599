"""Makes what tests start from, as the product would have written it."""

from typing import Any

from deploy_ui import clock
from deploy_ui.db import reading, transaction
from deploy_ui.enums import ImageKind, ImageStatus, Phase, Reason, Role
from deploy_ui.ids import new_id
from deploy_ui.models import Call, Content, Image, Person
from deploy_ui.services import deployments, fleet, sessions
from deploy_ui.services.calls.names import new_call_id
from deploy_ui.services.deployments import DeploymentCard, NewDeployment
from deploy_ui.services.members import Record
from deploy_ui.services.viewer import Viewer

NO_PASSWORD = "!"
"""No hash of anything: this person cannot sign in."""


def viewer(role: Role = Role.EDITOR, *, email: str = "", name: str = "") -> Viewer:
    """Make a person of this role and return them as the viewer."""
    person = Person(
        email=email or f"{role}-{new_id(6)}@example.org",
        name=name or f"Some {role}",
        role=role,
        password_hash=NO_PASSWORD,
        created_at=clock.now(),
    )
    with transaction() as session:
        session.add(person)
    return Viewer(person_id=person.id, email=person.email, name=person.name, role=person.role)


def token(by: Viewer) -> str:
    """Sign a person in, past the password, whose hash takes its time; return the session's token."""
    with reading() as session:
        person = session.get_one(Person, by.person_id)
    return sessions._begin(person).token


def image(by: Viewer | None = None, *, name: str = "", **values: Any) -> Image:
    """Make an image that is ready; `values` are fields of the row."""
    now = clock.now()
    name = name or f"image-{new_id(6)}"
    fields: dict[str, Any] = {
        "id": f"img_{new_id(8)}",
        "name": name,
        "live_name": name,
        "kind": ImageKind.MODEL,
        "status": ImageStatus.READY,
        "created_at": now,
        "created_by": (by or viewer()).person_id,
        "started_at": now,
        "finished_at": now,
        "digest": "0" * 64,
        "environment": "0" * 16,
        **values,
    }
    made = Image(**fields)
    with transaction() as session:
        session.add(made)
    return made


def deployment(by: Viewer | None = None, *, image_id: str = "", name: str = "", **values: Any) -> DeploymentCard:
    """Make a deployment through its service; `values` are fields of NewDeployment."""
    by = by or viewer()
    used = image_id or image(by).id
    return deployments.create(by, NewDeployment(name=name or f"Deployment {new_id(6)}", image=used, **values))


def seen(card: DeploymentCard, phase: Phase, reason: Reason = Reason.NONE, message: str = "", ready: int = 0) -> None:
    """Let a deployment have been seen in a phase, as the controller would write it."""
    fleet.save_status(
        card.id,
        generation=card.generation,
        phase=phase,
        reason=reason,
        message=message,
        ready_instances=ready,
        now=clock.now(),
    )


def instance(card: DeploymentCard, key: str, **values: Any) -> None:
    """Let a deployment have an instance; `values` are fields of Record."""
    created_at = values.pop("created_at", clock.now())
    fleet.add_instance(card.id, key, revision=1, image_id=card.image_id, now=created_at)
    if values:
        fleet.save_instance(Record(key=key, revision=1, created_at=created_at, **values))


def call(card: DeploymentCard, *, body: bytes = b"", answer: bytes | None = None, **values: Any) -> str:
    """Let a deployment have a call with short bodies; `values` are fields of the row. Return its id."""
    now = clock.now()
    fields: dict[str, Any] = {
        "id": new_call_id(now),
        "deployment_id": card.id,
        "method": "POST",
        "path": "/predict",
        "body_size": len(body),
        "answer_size": len(answer or b""),
        "request_timeout_s": 300.0,
        "health_timeout_s": 120.0,
        "max_attempts": 5,
        "created_at": now,
        "due_at": now,
        **values,
    }
    made = Call(**fields)
    contents = [(False, body), (True, answer)]
    with transaction() as session:
        session.add(made)
        session.flush()
        session.add_all(Content(call_number=made.number, answer=which, data=data) for which, data in contents if data)
    return made.id
