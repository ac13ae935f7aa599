"""What each instance uses of the machine."""

from collections.abc import Callable, Iterator

from deploy_ui.monitor.look import Look
from deploy_ui.runtimes import choose
from deploy_ui.runtimes.base import GpuUsage, Usage, UsageSource


class InstancesCollector:
    """Remembers how much CPU time instances had had, to tell what they took since."""

    def __init__(self, source: Callable[[], UsageSource] = choose.usage_source) -> None:
        self._source = source
        self._before: dict[str, float] | None = None
        """CPU seconds by instance at the last look; None if there was none, or it failed."""

    def collect(self, look: Look) -> None:
        """Add what live instances use now, and the CPU they took in the stretch."""
        before, self._before = self._before, None
        source = self._source()
        usage, gpus = source.usage(), source.gpu_usage()
        self._before = {key: each.cpu_seconds for key, each in usage.items()}
        cores = _cores(usage, before, look.seconds)
        for subject in look.subjects:
            sample = look.samples[subject.id]
            for each in subject.instances:
                for name, value in _gauges(usage.get(each.key), cores.get(each.key), gpus.get(each.key)):
                    sample.look(f"{name}:{each.revision}:{each.key}", value)


def _cores(usage: dict[str, Usage], before: dict[str, float] | None, seconds: float) -> dict[str, float]:
    """Return the CPU of each instance in the stretch. One that the last look did not find was born since."""
    if before is None or seconds <= 0:
        return {}
    return {key: max(0.0, each.cpu_seconds - before.get(key, 0.0)) / seconds for key, each in usage.items()}


def _gauges(usage: Usage | None, cores: float | None, gpu: GpuUsage | None) -> Iterator[tuple[str, float]]:
    if usage is not None:
        yield "memory", usage.memory
    if cores is not None:
        yield "cpu", cores
    if gpu is not None:
        yield "gpu_memory", gpu.memory
    if gpu is not None and gpu.share is not None:
        yield "gpu", gpu.share
