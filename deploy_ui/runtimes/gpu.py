"""What running instances use of NVIDIA's processors, as NVML tells by process. Elsewhere nothing, at no cost.

NVML names processes as the machine does: from within a container that hides other processes none is recognised.
"""

import functools
import importlib
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol, cast

from deploy_ui.runtimes.base import GpuUsage

PERCENT = 100


class Library(Protocol):
    """As much of `pynvml` as is used here; whatever fails raises its `NVMLError`."""

    NVMLError: type[Exception]
    NVMLError_NotFound: type[Exception]

    def nvmlInit(self) -> object: ...  # noqa: D102, N802 -- theirs

    def nvmlDeviceGetCount(self) -> int: ...  # noqa: D102, N802

    def nvmlDeviceGetHandleByIndex(self, index: int) -> Any: ...  # noqa: D102, N802

    def nvmlDeviceGetComputeRunningProcesses(self, handle: Any) -> Sequence[Any]: ...  # noqa: D102, N802

    def nvmlDeviceGetProcessUtilization(self, handle: Any, timeStamp: int) -> Sequence[Any]: ...  # noqa: D102, N802, N803


@functools.cache
def nvml() -> Library | None:
    """Return NVIDIA's library, ready to be asked; None where there is none. Found out once."""
    library = cast("Library", importlib.import_module("pynvml"))  # only here: nobody else needs its 7000 lines
    try:
        library.nvmlInit()
    except library.NVMLError:
        return None
    return library


@dataclass(frozen=True)
class _Use:
    """What one process uses of one processor."""

    pid: int
    memory: int
    share: float | None


class GpuMeter:
    """Remembers the last look at every processor, to tell use since then. Many threads may ask, one after the other."""

    def __init__(self, library: Callable[[], Library | None] = nvml) -> None:
        self._library = library
        self._seen_until: dict[int, int] = {}
        """Up to when the use of each processor is known, in NVML's microseconds."""
        self._turn = threading.Lock()

    def measure(self, families: Callable[[], Mapping[str, Sequence[int]]]) -> dict[str, GpuUsage]:
        """Return the use of these families of processes, by instance; only of those that use a processor."""
        library = self._library()
        if library is None:
            return {}
        with self._turn:
            processors = list(self._processors(library))
        owners = {pid: key for key, pids in families().items() for pid in pids} if any(processors) else {}
        return _by_instance(processors, owners)

    def _processors(self, library: Library) -> Iterator[list[_Use]]:
        with suppress(library.NVMLError):
            for index in range(library.nvmlDeviceGetCount()):
                with suppress(library.NVMLError):  # it fell off the bus, say; the others go on
                    handle = library.nvmlDeviceGetHandleByIndex(index)
                    shares = self._shares(library, index, handle)
                    running = library.nvmlDeviceGetComputeRunningProcesses(handle)
                    idle = None if shares is None else 0.0
                    yield [
                        _Use(each.pid, each.usedGpuMemory or 0, (shares or {}).get(each.pid, idle)) for each in running
                    ]

    def _shares(self, library: Library, index: int, handle: Any) -> dict[int, float] | None:
        """Return each process's share of the time since the last look; None if the processor does not tell."""
        since = self._seen_until.get(index, 0)
        try:
            samples = library.nvmlDeviceGetProcessUtilization(handle, since)
        except library.NVMLError_NotFound:
            return {}  # nothing ran since
        except library.NVMLError:
            return None
        self._seen_until[index] = max((since, *(each.timeStamp for each in samples)))
        seen: dict[int, list[int]] = defaultdict(list)
        for each in samples:
            if each.timeStamp > since:
                seen[each.pid].append(each.smUtil)
        return {pid: sum(shares) / len(shares) / PERCENT for pid, shares in seen.items()}


def _by_instance(processors: Sequence[Sequence[_Use]], owners: Mapping[int, str]) -> dict[str, GpuUsage]:
    memory: dict[str, int] = defaultdict(int)
    shares: dict[str, list[float]] = defaultdict(list)
    for uses in processors:
        mine: dict[str, list[_Use]] = defaultdict(list)
        for use in uses:
            if use.pid in owners:
                mine[owners[use.pid]].append(use)
        for key, family in mine.items():
            memory[key] += sum(each.memory for each in family)
            told = [each.share for each in family if each.share is not None]
            shares[key] += [min(1.0, sum(told))] if told else []
    return {key: GpuUsage(used, _mean(shares[key])) for key, used in memory.items()}


def _mean(shares: Sequence[float]) -> float | None:
    return sum(shares) / len(shares) if shares else None
