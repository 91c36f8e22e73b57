"""Requests as no library would send them: the bytes of a socket, and what comes back."""

from __future__ import annotations

import socket
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from tests.integration.api.world import World

FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"
MOST_BYTES = 400_000


@dataclass(frozen=True)
class Reply:
    """One answer; `headers` by lower-case name, the last of each."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""


def said(world: World, data: bytes) -> Reply:
    """What the service answers to these bytes before it closes the connection."""
    address = urlsplit(world.url)
    got = b""
    with socket.create_connection((address.hostname or "", address.port or 0), 30) as wire:
        with suppress(BrokenPipeError, ConnectionResetError):  # refused before it was whole: the answer is there
            wire.sendall(data)
        while len(got) < MOST_BYTES:
            try:
                piece = wire.recv(65_536)
            except ConnectionResetError:
                break
            if not piece:
                break
            got += piece
    head, _, body = got.partition(b"\r\n\r\n")
    first, *rest = head.decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in rest)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    return Reply(int(first.split()[1]) if first else 0, headers, body.decode(errors="replace"))


def ask(
    world: World,
    target: bytes,
    *,
    method: bytes = b"GET",
    host: bytes | None = None,
    more: bytes = b"",
    body: bytes = b"",
) -> Reply:
    """One request for `target`, written as it stands. `more` is further header lines."""
    named = urlsplit(world.url).netloc.encode() if host is None else host
    length = b"Content-Length: %d\r\n" % len(body) if body or method == b"POST" else b""
    head = method + b" " + target + b" HTTP/1.1\r\nHost: " + named + b"\r\nConnection: close\r\n"
    return said(world, head + length + more + b"\r\n" + body)


def cookie(secret: str | None) -> bytes:
    """The header line of a session."""
    return b"Cookie: vop_session=" + (secret or "").encode() + b"\r\n"
