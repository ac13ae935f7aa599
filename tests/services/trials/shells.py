"""Real shells that commands are typed and pasted into."""

import os
import pty
import select
import shutil
import subprocess
import time
from pathlib import Path

from tests.services.trials.recorder import Got, Recorder

SHELLS = {"bash": ["bash", "--norc", "--noprofile", "-i"], "sh": ["sh"]}
"""How each reads what is typed: bash expands history (`!`) only where a person sits."""
LIMIT_S = 30


def run(recorder: Recorder, command: str, shell: str = "bash", folder: Path | None = None) -> Got:
    """Type the command into a shell; return the one request that came of it."""
    subprocess.run(
        SHELLS[shell],
        input=command.encode() + b"\n",
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": "/nonexistent", "HISTFILE": "/dev/null", "LC_ALL": "C.UTF-8"},
        capture_output=True,
        check=True,
        timeout=LIMIT_S,
    )
    assert len(recorder.got) == 1
    return recorder.last()


def paste(command: str, recorder: Recorder) -> None:
    """Paste a command into an interactive bash as a terminal does, and press Enter."""
    program = shutil.which("bash")
    assert program
    pid, terminal = pty.fork()
    if pid == 0:
        os.execve(program, SHELLS["bash"], {"PATH": os.environ["PATH"], "TERM": "xterm", "LC_ALL": "C.UTF-8"})
    try:
        rest = (
            b"bind 'set enable-bracketed-paste on'\r\x1b[200~" + command.encode().replace(b"\n", b"\r") + b"\x1b[201~\r"
        )
        deadline = time.monotonic() + LIMIT_S
        while not recorder.got and time.monotonic() < deadline:
            readable, writable, _ = select.select([terminal], [terminal] if rest else [], [], 0.05)
            if readable:
                os.read(terminal, 65536)
            if writable:
                rest = rest[os.write(terminal, rest[:512]) :]
        assert recorder.got
    finally:
        os.close(terminal)
        os.waitpid(pid, 0)
