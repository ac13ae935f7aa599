"""A Progress that remembers, for tests of the builder."""

import threading
from dataclasses import dataclass, field

from deploy_ui.enums import BuildStep


@dataclass
class Recorder:
    steps: list[BuildStep] = field(default_factory=list)
    lines: list[tuple[str, str]] = field(default_factory=list)
    cancel: threading.Event = field(default_factory=threading.Event)

    def begin(self, step: BuildStep) -> None:
        self.steps.append(step)

    def say(self, line: str, stream: str = "platform") -> None:
        self.lines.append((stream, line))

    def canceled(self) -> bool:
        return self.cancel.is_set()

    @property
    def text(self) -> str:
        return "\n".join(line for _, line in self.lines)
