"""Short ways to write a deployment and its instances in a table of cases."""

from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any

from deploy_ui.enums import ImageKind, ImageStatus, InstanceStatus, Phase, Reason, Wish
from deploy_ui.runtimes.base import Instance, RunState
from deploy_ui.services.fleet import Member, Record
from deploy_ui.services.rollouts import Born

NOW = datetime(2030, 1, 1, 12, tzinfo=UTC)


def age(moment: datetime) -> timedelta:
    """Say how long before NOW a moment was."""
    return NOW - moment


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


def member(*records: Record, **values: Any) -> Member:
    values = {
        "id": 1,
        "slug": "cats",
        "name": "Cats",
        "wish": Wish.RUN,
        "wanted": 1,
        "generation": 1,
        "changed_at": ago(1000),
        "revision": 1,
        "phase": Phase.STARTING,
        "reason": Reason.NONE,
        "message": "",
        "seen_generation": 1,
        "ready_instances": 0,
        "image_id": "img_cats",
        "image_status": ImageStatus.READY,
        "image_deleted": False,
        "image_kind": ImageKind.MODEL,
        "image_entry": "serving.py",
        "image_command": "",
        "image_environment": "abc",
        "ready_path": "/health/ready",
        "env": {},
        "env_readable": True,
        "cpu": 1.0,
        "memory_mb": 512,
        "min_instances": 0,
        "max_instances": 10,
        "concurrency": 8,
        "idle_timeout_s": 300,
        "start_timeout_s": 30,
        "request_timeout_s": 60,
        "grants": (),
        "records": records,
        **values,
    }
    return Member(**values)


def born(revision: int = 1, **values: Any) -> Born:
    """Return what instances of a revision to fall back to are born with."""
    wanted = vars(member(revision=revision, **values))
    return Born(**{each.name: wanted[each.name] for each in fields(Born)})


def record(key: str, status: InstanceStatus = InstanceStatus.STARTING, **values: Any) -> Record:
    facts: dict[str, Any] = {"revision": 1, "created_at": ago(100), **values}
    if status is not InstanceStatus.PENDING and "started_at" not in values:
        facts |= {"started_at": ago(10), "address": f"127.0.0.1:{20_000 + ord(key[0])}"}
    if status is InstanceStatus.READY and "ready_at" not in values:
        facts["ready_at"] = ago(5)
    return Record(key=key, status=status, **facts)


def failed(key: str, seconds_ago: float = 0, **values: Any) -> Record:
    return record(
        key, InstanceStatus.FAILED, **{"reason": Reason.CRASHED, "exit_code": 1, "ended_at": ago(seconds_ago), **values}
    )


def running(key: str, **values: Any) -> Instance:
    facts: dict[str, Any] = {
        "deployment": "cats",
        "revision": 1,
        "state": RunState.RUNNING,
        "address": f"127.0.0.1:{20_000 + ord(key[0])}",
        "started_at": ago(10),
        **values,
    }
    return Instance(key=key, **facts)
