"""Tells the platform how far the instance is, as systemd's services do (sd_notify): lines in a datagram.

Without `NOTIFY_SOCKET`, or where nobody listens to it, nothing happens: the platform also asks by itself.
"""

import contextlib
import os
import socket

SOCKET = "NOTIFY_SOCKET"


def loading(instance: str) -> None:
    """Say that from now on the author's code is at work."""
    _send(instance, "STATUS=loading")


def ready(instance: str) -> None:
    """Say that requests are answered."""
    _send(instance, "READY=1", "STATUS=ready")


def _send(instance: str, *lines: str) -> None:
    address = os.environ.get(SOCKET, "")
    if not address.startswith(("/", "@")):
        return
    if address.startswith("@"):  # a name that only the kernel knows, no file
        address = f"\0{address[1:]}"
    with contextlib.suppress(OSError, ValueError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.setblocking(False)  # noqa: FBT003 the standard library's own shape
        sender.sendto("\n".join((*lines, f"X_INSTANCE={instance}")).encode(), address)
