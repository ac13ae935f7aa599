"""Sets a keeper going: the order it reads, the environment of its instance, and the start itself."""

import marshal
import math
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from deploy_ui.runtimes.base import EndReason, InstanceSpec
from deploy_ui.runtimes.keeper import report

SEARCH_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
THREAD_VARIABLES = (
    *("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS", "RAYON_NUM_THREADS"),
)
"""How libraries are told to use no more threads than the instance has cores."""
DETACH = '"$@" </dev/null >>"$0" 2>&1 &'
"""A shell that leaves at once: the keeper becomes an orphan, so nobody has to wait for it and nobody takes it along."""
IMPORT = "import sys; sys.path.append(sys.argv[1]); from keeper.main import main; main(*sys.argv[2:])"
LAUNCH_TIMEOUT_S = 30


def environment(spec: InstanceSpec, folder: Path, port: int, notify: Path | None = None) -> dict[str, str]:
    """Return all variables of the instance. The image and the deployment may replace the first ones, not the last."""
    threads = str(max(1, math.ceil(spec.cpu)))
    return {
        "PATH": SEARCH_PATH,
        "HOME": str(folder / report.HOME_FOLDER),
        "LANG": "C.UTF-8",
        "PYTHONUNBUFFERED": "1",
        **dict.fromkeys(THREAD_VARIABLES, threads),
        **spec.env,
        "TMPDIR": str(folder / report.TMP_FOLDER),
        "PORT": str(port),
        "DEPLOYMENT": spec.deployment,
        "INSTANCE": spec.key,
        **({"NOTIFY_SOCKET": str(notify)} if notify else {}),
    }


def prepare(
    draft: Path, spec: InstanceSpec, env: Mapping[str, str], *, port: int, port_file: Path, log_folder: Path
) -> None:
    """Fill the draft of what will be the instance's folder: order, first report, and places to write."""
    for name in (report.WORK_FOLDER, report.HOME_FOLDER, report.TMP_FOLDER):
        (draft / name).mkdir(mode=0o700)
    os.mkfifo(draft / report.CONTROL_FILE, 0o600)
    order = {
        "command": list(spec.command),
        "folder": str(spec.folder.absolute()),
        "env": dict(env),
        "memory_mb": spec.memory_mb,
        "grace_s": spec.grace_s,
        "port_file": str(port_file),
        "log_folder": str(log_folder),
    }
    order_file = os.open(draft / report.ORDER_FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(order_file, "wb") as file:
        marshal.dump(order, file)
    first: report.Report = {
        "key": spec.key,
        "deployment": spec.deployment,
        "revision": spec.revision,
        "state": report.RUNNING,
        "address": f"127.0.0.1:{port}",
        "port": port,
        "port_file": str(port_file),
        "node": os.uname().nodename,
    }
    report.write(str(draft), first)


def launch(folder: Path, lock: int, hold: int) -> None:
    """Start the keeper of this folder and give it the lock and the hold on the port.

    A failure is reported in the folder; raises OSError if it cannot be (a full disk).
    """
    package = Path(report.__file__).parent
    python = (sys.executable, "-I", "-S", "-X", "utf8", "-c", IMPORT, str(package.parent))
    try:
        subprocess.run(
            ["/bin/sh", "-c", DETACH, str(folder / report.KEEPER_LOG_FILE), *python, str(folder), str(lock), str(hold)],
            pass_fds=(lock, hold),
            start_new_session=True,
            env={"PATH": SEARCH_PATH, "LANG": "C.UTF-8"},
            cwd="/",
            check=True,
            timeout=LAUNCH_TIMEOUT_S,
        )
    except (OSError, subprocess.SubprocessError) as error:
        failed = {"state": report.ENDED, "ended_at": time.time(), "end_reason": EndReason.START_FAILED.value}
        words = {"message": f"the keeper did not start: {error}"}
        report.write(str(folder), report.read(str(folder)) | failed | words)
