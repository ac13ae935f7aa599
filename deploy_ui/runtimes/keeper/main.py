"""Runs one instance from its start to its end."""

import contextlib
import marshal
import os
import select
import signal
import time

from . import child, kernel, processes, report, workplace
from .ending import kill
from .limits import MemoryWatch
from .output import MESSAGE_LENGTH, Output
from .rotated import RotatedLog
from .verdict import Verdict, judge

DRAIN_S = 5.0
"""How long after its end we wait for output that is still under way."""
REPORT_AGAIN_S = 10.0
"""How often a grown peak of memory is reported."""
WRITE_AGAIN_S = 1.0
WRITE_TRIES = 60
"""How long a full disk may keep us from reporting the end."""


def main(folder: str, *held: str) -> None:
    """Keep the instance of this folder. `held` are open files that live as long as we do: the lock and the port."""
    for number in held:
        os.set_inheritable(int(number), False)  # noqa: FBT003 the standard library's own shape
    os.umask(0o077)
    order_file = os.path.join(folder, report.ORDER_FILE)
    with open(order_file, "rb") as file:
        order = marshal.load(file)  # noqa: S302 our own, from a folder that only our user reads
    os.unlink(order_file)  # it holds secrets
    Keeper(folder, order).run()


class Keeper:
    """One instance's keeper."""

    def __init__(self, folder: str, order: dict[str, object]) -> None:
        self.folder = folder
        self.command = [str(part) for part in _items(order["command"])]
        self.image = str(order["folder"])
        self.env = {str(name): str(text) for name, text in _pairs(order["env"])}
        self.grace_s = float(str(order["grace_s"]))
        self.port_file = str(order["port_file"])
        self.memory = MemoryWatch(os.getpid(), int(str(order["memory_mb"])))
        self.log = RotatedLog(str(order["log_folder"]))
        self.report: report.Report = {}
        self.stop_wanted = False
        self.kill_at: float | None = None
        self.killed_after_grace = False
        self.out_of_memory = False
        self.status: int | None = None
        self.reported_at = 0.0

    def run(self) -> None:
        """Start the instance, watch it, see it out and report."""
        kernel.adopt_orphans()
        wakeup = self._listen()
        self._look_for_stop()
        try:
            started = None if self.stop_wanted else self._start()
        except (OSError, ValueError) as error:
            self._end(Verdict("start_failed", None, str(error)))
            return
        if started is None:
            self._end(Verdict("stopped", None, ""))
            return
        output = Output(started, self.log)
        while self.status is None:
            self._turn(started.pid, output, wakeup)
        self._see_out(output)
        stopped = self.stop_wanted
        memory = f"used {self.memory.used_mb} MB of {self.memory.limit_mb} MB" if self.out_of_memory else ""
        grace = f"did not end within {self.grace_s:g} s and was killed" if self.killed_after_grace else ""
        self._end(judge(self.status, stopped=stopped, memory=memory, grace=grace, last_words=output.last_words()))

    def _listen(self) -> tuple[int, int]:
        """Return the files that wake us: a signal, or somebody who wants the instance stopped."""
        reading, writing = os.pipe()
        os.set_blocking(reading, False)
        os.set_blocking(writing, False)
        signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
        for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT):
            signal.signal(number, signal.SIG_IGN)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGTERM, lambda *_: self._want_stop())
        control = os.open(os.path.join(self.folder, report.CONTROL_FILE), os.O_RDWR | os.O_NONBLOCK)
        return reading, control

    def _want_stop(self) -> None:
        self.stop_wanted = True

    def _look_for_stop(self) -> None:
        if os.path.exists(os.path.join(self.folder, report.STOP_FILE)):
            self.stop_wanted = True

    def _start(self) -> child.Child | None:
        work = os.path.join(self.folder, report.WORK_FOLDER)
        workplace.furnish(self.image, work)
        self._look_for_stop()
        if self.stop_wanted:
            return None
        started = child.spawn(self.command, self.env, work)
        seen = processes.stat(started.pid)
        self.report = report.read(self.folder)
        self.report |= {"keeper": os.getpid(), "boot": kernel.boot_id(), "started_at": time.time()}
        self.report |= {"pid": started.pid, "pid_start": seen.start if seen else 0}
        self._write_report()
        self.log.say(f"started on port {self.env['PORT']}")
        return started

    def _turn(self, pid: int, output: Output, wakeup: tuple[int, int]) -> None:
        """Wait for the next thing to happen, and do what it asks for."""
        poll = select.poll()
        for file in (*output.open, *wakeup):
            poll.register(file, select.POLLIN)
        for file, _ in poll.poll(1 + int(self._wait_s() * 1000)):
            if file in wakeup:
                with contextlib.suppress(BlockingIOError):
                    os.read(file, 4096)
                self._look_for_stop()
            else:
                output.carry(file)
        output.show_bars()
        self.status = _reap(pid)
        if self.status is None:
            self._limit()
            self._stop(pid)
            self._report_peak()

    def _wait_s(self) -> float:
        wait = self.memory.wait_s()
        if self.kill_at is None or self.killed_after_grace:
            return wait
        return max(0.0, min(wait, self.kill_at - time.monotonic()))

    def _limit(self) -> None:
        if self.memory.exceeded() and not self.out_of_memory:
            self.out_of_memory = True
            self.log.say(f"killed: used {self.memory.used_mb} MB of memory, {self.memory.limit_mb} MB are allowed")
            kill(processes.descendants(os.getpid()))

    def _stop(self, pid: int) -> None:
        """Ask the instance to end once, and end it when its time is up."""
        if not self.stop_wanted:
            return
        if self.kill_at is None:
            self.kill_at = time.monotonic() + self.grace_s
            self.report["state"] = report.STOPPING
            self._write_report()
            self.log.say("asked to stop")
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGTERM)
        elif time.monotonic() >= self.kill_at:
            if not self.killed_after_grace:
                self.log.say(f"killed: did not end within {self.grace_s:g} s")
            self.killed_after_grace = True
            kill(processes.descendants(os.getpid()))

    def _see_out(self, output: Output) -> None:
        """Kill whatever the program left behind, and take the rest of the output."""
        pause = 0.002
        while family := processes.descendants(os.getpid()):
            kill(family)
            _reap(0)
            time.sleep(pause)
            pause = min(pause * 2, 0.2)
        until = time.monotonic() + DRAIN_S
        while output.open and time.monotonic() < until:
            ready, _, _ = select.select(output.open, (), (), 0.1)
            for file in ready:
                output.carry(file)
        output.flush()

    def _report_peak(self) -> None:
        grown = self.memory.peak_mb != self.report.get("peak_memory_mb")
        if grown and time.monotonic() - self.reported_at >= REPORT_AGAIN_S:
            self._write_report()

    def _write_report(self) -> bool:
        self.reported_at = time.monotonic()
        if self.memory.peak_mb:
            self.report["peak_memory_mb"] = self.memory.peak_mb
        try:
            report.write(self.folder, self.report)
        except OSError as error:
            with contextlib.suppress(OSError):  # what fills the disk keeps us from saying so, too
                os.write(2, f"report not written: {error}\n".encode())
            return False
        return True

    def _end(self, verdict: Verdict) -> None:
        self.log.say(verdict.words())
        self.report = self.report or report.read(self.folder)  # unread when it was never started
        self.report |= {"state": report.ENDED, "ended_at": time.time(), "end_reason": verdict.reason}
        self.report |= {"exit_code": verdict.exit_code, "message": verdict.message[:MESSAGE_LENGTH]}
        with contextlib.suppress(OSError):
            os.utime(self.port_file)  # from now the port rests for a while
        for _ in range(WRITE_TRIES):
            if self._write_report():
                return
            time.sleep(WRITE_AGAIN_S)


def _reap(pid: int) -> int | None:
    """Wait for every child that has ended, orphans too; return the status of `pid` if it is among them."""
    found = None
    with contextlib.suppress(ChildProcessError):
        while (ended := os.waitpid(-1, os.WNOHANG))[0]:
            if ended[0] == pid:
                found = ended[1]
    return found


def _items(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _pairs(value: object) -> list[tuple[object, object]]:
    return list(value.items()) if isinstance(value, dict) else []
