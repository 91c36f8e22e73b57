"""One MQTT 3.1.1 CONNECT by hand: is this account let in? No client library, no threads."""

from __future__ import annotations

import socket

ACCEPTED = 0
NOT_AUTHORIZED = 5


def connect_status(host: str, port: int, user: str, password: str) -> int:
    """The return code of CONNACK (MQTT 3.1.1, table 3.1); the connection is ended cleanly."""
    fields = b"".join(len(text).to_bytes(2, "big") + text for text in (t.encode() for t in (user, user, password)))
    variable = b"\x00\x04MQTT\x04\xc2\x00\x3c" + fields  # user, password, clean session; 60 s
    assert len(variable) < 16_384
    length = len(variable)
    size = bytes([length]) if length < 128 else bytes([length % 128 | 0x80, length // 128])
    with socket.create_connection((host, port), timeout=10.0) as link:
        link.sendall(b"\x10" + size + variable)
        answer = b""
        while len(answer) < 4:
            part = link.recv(4 - len(answer))
            if not part:
                raise ConnectionError(f"{host}:{port} closed the connection before CONNACK")
            answer += part
        if answer[3] == ACCEPTED:
            link.sendall(b"\xe0\x00")
    return answer[3]
