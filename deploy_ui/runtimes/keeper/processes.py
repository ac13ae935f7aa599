"""What /proc tells of a family of processes."""

import os

PAGE = os.sysconf("SC_PAGE_SIZE")
TICKS = os.sysconf("SC_CLK_TCK")


class Stat:
    """The fields of `/proc/{pid}/stat` that we use."""

    __slots__ = ("group", "parent", "seconds", "session", "start", "state", "waited_seconds")

    def __init__(self, text: str) -> None:
        fields = text[text.rindex(")") + 2 :].split()  # the name before it may hold spaces and brackets
        self.state = fields[0]
        self.parent = int(fields[1])
        self.group = int(fields[2])
        self.session = int(fields[3])
        self.seconds = (int(fields[11]) + int(fields[12])) / TICKS
        """CPU time of the process itself."""
        self.waited_seconds = (int(fields[13]) + int(fields[14])) / TICKS
        """CPU time of its children that ended and were waited for."""
        self.start = int(fields[19])
        """Ticks since boot; with the pid it names one process for as long as the machine runs."""


def stat(pid: int) -> Stat | None:
    """Return what the process is doing; None if it is gone."""
    text = _read(f"/proc/{pid}/stat")
    return Stat(text) if text else None


def all_pids() -> list[int]:
    """Return every process of the machine that we may see."""
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def descendants(root: int) -> list[int]:
    """Return the children of `root` and theirs; zombies too. What starts meanwhile may be missed: ask again."""
    if not os.path.exists(f"/proc/{root}/task/{root}/children"):
        return _descendants_by_parent(root)
    found: list[int] = []
    waiting = [root]
    while waiting:
        children = _children(waiting.pop())
        found += children
        waiting += children
    return found


def memory(pids: list[int]) -> int:
    """Return the bytes that these processes hold and the kernel cannot take back: no mapped files.

    Memory shared after a fork counts once for every process; see `proportional_memory`.
    """
    return sum(_sum_kb(f"/proc/{pid}/status", ("RssAnon:", "RssShmem:")) for pid in pids) * 1024


def proportional_memory(pids: list[int]) -> int:
    """Return the same with shared pages counted once; costs milliseconds for large processes."""
    return sum(_sum_kb(f"/proc/{pid}/smaps_rollup", ("Pss_Anon:", "Pss_Shmem:")) for pid in pids) * 1024


def _sum_kb(path: str, names: tuple[str, ...]) -> int:
    return sum(int(line.split()[1]) for line in _read(path).splitlines() if line.startswith(names))


def _children(pid: int) -> list[int]:
    try:
        threads = os.listdir(f"/proc/{pid}/task")
    except OSError:
        return []
    return [int(child) for thread in threads for child in _read(f"/proc/{pid}/task/{thread}/children").split()]


def _descendants_by_parent(root: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for pid in all_pids():
        seen = stat(pid)
        if seen:
            children.setdefault(seen.parent, []).append(pid)
    found = list(children.get(root, ()))
    for pid in found:
        found += children.get(pid, ())
    return found


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""
