"""The few bytes of HTTP/2 that one GET takes, so that no test needs a client that speaks it."""

import socket
from collections.abc import Iterator

DATA_FOLLOWS_NOT = 0x1
HEADERS_END = 0x4
HEADERS = 0x1
SETTINGS = 0x4
FRAME_HEAD = 9
STATUS_200 = 0x88
"""How HPACK writes `:status: 200`."""


def answers_200(port: int, headers: dict[str, str]) -> bool:
    """Send one GET in HTTP/2 with prior knowledge; say whether it is answered 200."""
    block = b"".join(_literal(name, value) for name, value in headers.items())
    begin = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + _frame(SETTINGS, 0, 0, b"")
    received = b""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(begin + _frame(HEADERS, DATA_FOLLOWS_NOT | HEADERS_END, 1, block))
        while chunk := connection.recv(65536):
            received += chunk
            for kind, payload in _frames(received):
                if kind == HEADERS:
                    return payload[0] == STATUS_200
    return False


def _frame(kind: int, flags: int, stream: int, payload: bytes) -> bytes:
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload


def _frames(received: bytes) -> Iterator[tuple[int, bytes]]:
    while len(received) >= FRAME_HEAD:
        end = FRAME_HEAD + int.from_bytes(received[:3], "big")
        if len(received) >= end:
            yield received[3], received[FRAME_HEAD:end]
        received = received[end:]


def _literal(name: str, value: str) -> bytes:
    """Encode a header without compression."""
    return b"\x00" + _length(len(name)) + name.encode() + _length(len(value)) + value.encode()


def _length(value: int) -> bytes:
    """Encode an integer with a prefix of seven bits."""
    if value < 127:
        return bytes([value])
    encoded, rest = b"\x7f", value - 127
    while rest >= 128:
        encoded += bytes([rest % 128 + 128])
        rest //= 128
    return encoded + bytes([rest])
