"""What the runtime and the prober are told of one instance. Pure, but for where the settings put things."""

from deploy_ui.builds.command import run_command, run_env
from deploy_ui.controller.probe import Target
from deploy_ui.enums import ImageKind
from deploy_ui.runtimes.base import InstanceSpec
from deploy_ui.services.fleet import Member, Record
from deploy_ui.settings import settings

LONGEST_GRACE_S = 60
"""How long requests may take to finish once an instance was told to end, whatever the request timeout is."""
LEAVE_S = 3
"""How much longer the process itself may take: our server ends in order within it."""


def spec(member: Member, record: Record) -> InstanceSpec:
    """Return how to run an instance of the member's wanted revision."""
    environment = settings().environments_dir / member.image_environment
    grace_s = min(member.request_timeout_s, LONGEST_GRACE_S)
    return InstanceSpec(
        key=record.key,
        deployment=member.slug,
        revision=record.revision,
        command=run_command(member.image_kind, member.image_entry, member.image_command, environment),
        folder=settings().images_dir / member.image_id / "src",
        env={**member.env, **run_env(environment, member.concurrency), "GRACE_S": str(grace_s)},
        cpu=member.cpu,
        memory_mb=member.memory_mb,
        grace_s=grace_s + LEAVE_S,
    )


def target(member: Member, record: Record) -> Target:
    """Return whom to ask whether an instance of the member's wanted revision is ready."""
    named = member.image_kind is not ImageKind.COMMAND
    return Target(key=record.key, address=record.address, path=member.ready_path, named=named)
