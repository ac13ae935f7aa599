"""The few things of Linux that Python has no function for."""

import contextlib
import ctypes
import os

PR_SET_PDEATHSIG = 1
PR_CAPBSET_DROP = 24
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38
LAST_CAPABILITY = 63
KEPT_CAPABILITIES = {0, 2, 4, 6, 7}
"""CHOWN, DAC_READ_SEARCH, FSETID, SETGID, SETUID: what a root instance may still do. It reads what root reads
(the data folder may lie in somebody's home), but a file's read-only mode holds for it as for everybody."""

_prctl = ctypes.CDLL(None, use_errno=True).prctl
_prctl.argtypes = (ctypes.c_int, *(ctypes.c_ulong,) * 4)


def prctl(option: int, value: int) -> None:
    """Set one attribute of this process. Raises OSError if the kernel refuses."""
    if _prctl(option, value, 0, 0, 0) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def adopt_orphans() -> None:
    """From now on, orphans among this process's descendants become its own children."""
    prctl(PR_SET_CHILD_SUBREAPER, 1)


def die_with_parent(signal_number: int) -> None:
    """Have the kernel send this signal to this process when its parent dies. Survives exec."""
    prctl(PR_SET_PDEATHSIG, signal_number)


def give_up_privileges() -> None:
    """Give this process and its children no way to more rights than its user has, and root few of its own."""
    with contextlib.suppress(OSError):
        prctl(PR_SET_NO_NEW_PRIVS, 1)
    if os.geteuid() != 0:
        return
    for capability in range(LAST_CAPABILITY + 1):
        if capability not in KEPT_CAPABILITIES:
            with contextlib.suppress(OSError):  # unknown to this kernel, or already gone in this container
                prctl(PR_CAPBSET_DROP, capability)


def boot_id() -> str:
    """Return what names this run of the machine; another one means that no process of before is left."""
    with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
        return file.read().strip()
