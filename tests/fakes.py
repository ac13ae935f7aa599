"""Stand-ins for what tests cannot wait for: a runtime whose instances do what the test says."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from deploy_ui.controller.observe import Health
from deploy_ui.controller.probe import Target
from deploy_ui.gateway.gate import Shut
from deploy_ui.gateway.load import Load
from deploy_ui.gateway.routes import Route
from deploy_ui.runtimes.base import EndReason, Instance, InstanceSpec, LogLine, RunState

Keys = list[str]
Lines = list[LogLine]
"""Inside a class with a method `list` the word means that method."""


class FakeGateway:
    """Takes what it is told; `current` says whether it serves it. Its load is what the test says."""

    def __init__(self) -> None:
        self.written: list[list[Route]] = []
        self.current = True
        self.gate: Mapping[str, Shut] = {}
        self.waiting: dict[str, int] = {}
        self.loads: dict[str, Load] = {}
        self.asked: list[str] = []
        """What was asked of it, in order."""

    def write(self, routes: Sequence[Route]) -> bool:
        self.written.append(list(routes))
        return True

    def applied(self) -> bool:
        self.asked.append("applied")
        return self.current

    def shut(self, slugs: Mapping[str, Shut]) -> bool:
        self.gate = slugs
        return True

    def held(self) -> Mapping[str, int]:
        self.asked.append("held")
        return self.waiting

    def load(self) -> Mapping[str, Load]:
        self.asked.append("load")
        return self.loads


class FakeProber:
    """Says of instances what the test says; who is not mentioned has not answered yet."""

    def __init__(self) -> None:
        self.answers: dict[str, Health] = {}
        self.watched: dict[str, Target] = {}

    def watch(self, targets: Iterable[tuple[Target, bool]]) -> None:
        self.watched = {target.key: target for target, _ in targets}

    def health(self, target: Target) -> Health | None:
        return self.answers.get(target.key)


class FakeRuntime:
    """Keeps the contract of a runtime without running anything; `calls` tells what it was asked to do."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self.instances: dict[str, Instance] = {}
        self.specs: dict[str, InstanceSpec] = {}
        self.calls: list[tuple[str, str]] = []
        self.output: dict[str, list[str]] = {}

    def list(self) -> list[Instance]:
        return list(self.instances.values())

    def start(self, spec: InstanceSpec) -> None:
        self.calls.append(("start", spec.key))
        if spec.key in self.instances:
            return
        self.specs[spec.key] = spec
        address = f"127.0.0.1:{20_000 + len(self.specs)}"
        self.instances[spec.key] = Instance(
            key=spec.key,
            deployment=spec.deployment,
            revision=spec.revision,
            state=RunState.RUNNING,
            address=address,
            started_at=self._now(),
        )

    def stop(self, key: str) -> None:
        self.calls.append(("stop", key))
        if key in self.instances and self.instances[key].state is RunState.RUNNING:
            self.end(key, EndReason.STOPPED, exit_code=143)

    def forget(self, key: str) -> None:
        self.calls.append(("forget", key))
        self.instances.pop(key, None)

    def end(self, key: str, why: EndReason, **facts: Any) -> None:
        """Let an instance end."""
        ended = {"ended_at": self._now(), "end_reason": why, **facts}
        self.instances[key] = replace(self.instances[key], state=RunState.ENDED, **ended)

    def tail(self, instances: Keys, *, limit: int) -> Lines:
        return [line for key in instances for line in self.read(key)][-limit:]

    def after(self, instances: Keys, cursors: Mapping[str, str], *, limit: int) -> Lines:
        lines = [line for key in instances for line in self.read(key) if line.cursor > cursors.get(key, "")]
        return lines[:limit]

    def read(self, instance: str) -> Iterator[LogLine]:
        for number, text in enumerate(self.output.get(instance, [])):
            yield LogLine(f"{number:06}", self._now(), instance, text, "stderr")
