"""Says why an instance ended."""

import os
import signal


class Verdict:
    """The reason (a value of `EndReason`), the exit code as a shell shows it, and the words for people."""

    __slots__ = ("exit_code", "message", "reason")

    def __init__(self, reason: str, exit_code: int | None, message: str) -> None:
        self.reason = reason
        self.exit_code = exit_code
        self.message = message

    def words(self) -> str:
        """Return the line for the log."""
        code = "" if self.exit_code is None else f", exit code {self.exit_code}"
        said = f": {self.message}" if self.message else ""
        return f"ended ({self.reason.replace('_', ' ')}{code}){said}"


def judge(status: int, *, stopped: bool, memory: str, grace: str, last_words: str) -> Verdict:
    """Decide from the wait status and what the keeper did.

    | memory limit was crossed | out_of_memory |
    | we asked it to end       | stopped |
    | exit code 0              | exited |
    | anything else            | crashed |
    """
    number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
    code = 128 + number if number else os.WEXITSTATUS(status)
    if memory:
        return Verdict("out_of_memory", code, memory)
    if stopped:
        return Verdict("stopped", code, grace)
    if number:
        return Verdict("crashed", code, f"ended by signal {number} ({_name(number)})")
    return Verdict("crashed" if code else "exited", code, last_words)


def _name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return "real-time signal"
