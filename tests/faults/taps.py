"""Which step of PostgreSQL's or MQTT's protocol is passing through a proxy.

PostgreSQL's frontend/backend protocol 3.0 (documentation, chapter 54.7) and MQTT's fixed header (MQTT 5, 2.1).
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

from tests.faults.proxy import Direction

PREFIX_BYTES = 256
"""As much of a frame's body as anybody looks at."""
SSL_REQUEST, GSS_REQUEST = 80_877_103, 80_877_104
WORKER = "vop ingest"
"""application_name of the connection a worker writes with."""

Header: TypeAlias = Callable[[bytearray], tuple[int, int, int] | None]
"""Buffer -> (first byte, length of the header, length of the body), or None while too little is there."""


class Frames:
    """Cuts a stream into frames and keeps the beginning of each body only."""

    def __init__(self, header: Header) -> None:
        self.header = header
        self._buffer = bytearray()

    def feed(self, chunk: bytes) -> Iterator[tuple[int, bytes]]:
        """First byte and beginning of the body of every frame that is complete now."""
        self._buffer += chunk
        while found := self.header(self._buffer):
            first, head, body = found
            if len(self._buffer) < head + body:
                return
            yield first, bytes(self._buffer[head : head + min(body, PREFIX_BYTES)])
            del self._buffer[: head + body]


def _startup(buffer: bytearray) -> tuple[int, int, int] | None:
    return (0, 4, struct.unpack_from(">I", buffer)[0] - 4) if len(buffer) >= 8 else None


def _typed(buffer: bytearray) -> tuple[int, int, int] | None:
    return (buffer[0], 5, struct.unpack_from(">I", buffer, 1)[0] - 4) if len(buffer) >= 5 else None


def _answered(buffer: bytearray) -> tuple[int, int, int] | None:
    """What a server says; its one byte in answer to an SSL request stands alone: N, where no certificate is set."""
    if buffer[:1] == b"N" and (len(buffer) < 2 or buffer[1] != 0):
        return ord("N"), 1, 0
    return _typed(buffer)


def _mqtt(buffer: bytearray) -> tuple[int, int, int] | None:
    length, at = 0, 1
    while at < len(buffer):
        digit = buffer[at]
        length |= (digit & 0x7F) << 7 * (at - 1)
        at += 1
        if not digit & 0x80:
            return buffer[0], at, length
    return None


class PostgresTap:
    """Steps of a worker's writing connection: begin, copy, copied, insert, commit; committed in the answer."""

    def __init__(self) -> None:
        self._up, self._down = Frames(_startup), Frames(_answered)
        self._is_worker = False
        self._statements: dict[bytes, str | None] = {}

    def read(self, direction: Direction, chunk: bytes) -> Iterable[str]:
        """The steps in this chunk; none of any other connection."""
        if direction == "down":
            answers = list(self._down.feed(chunk))
            return ["committed" for first, body in answers if first == ord("C") and body.startswith(b"COMMIT")]
        return [step for first, body in self._up.feed(chunk) if (step := self._asked(first, body)) and self._is_worker]

    def _asked(self, first: int, body: bytes) -> str | None:
        if first == 0:
            if struct.unpack_from(">I", body)[0] not in (SSL_REQUEST, GSS_REQUEST):
                named = body.split(b"\0")
                self._is_worker = WORKER.encode() in named
                self._up.header = _typed
            return None
        if first == ord("c"):
            return "copied"
        if first == ord("Q"):
            return _step(body)
        if first == ord("P"):  # a statement named once is told apart later by its name alone
            name, _, text = body.partition(b"\0")
            self._statements[name] = _step(text)
        if first == ord("B"):
            return self._statements.get(body.split(b"\0")[1])
        return None


def _step(text: bytes) -> str | None:
    text = text.upper()
    for word, step in ((b"BEGIN", "begin"), (b"COPY ", "copy"), (b"WITH NEW AS", "insert"), (b"COMMIT", "commit")):
        if text.startswith(word):
            return step
    return None


MQTT_STEPS = {("down", 3): "publish", ("up", 4): "puback", ("up", 12): "ping"}
"""By direction and packet type."""


class MqttTap:
    """Steps of a worker's broker connection: publish, puback, and ping."""

    def __init__(self) -> None:
        self._frames = {"up": Frames(_mqtt), "down": Frames(_mqtt)}

    def read(self, direction: Direction, chunk: bytes) -> Iterable[str]:
        """The steps in this chunk."""
        kinds = [first >> 4 for first, _ in self._frames[direction].feed(chunk)]
        return [name for kind in kinds if (name := MQTT_STEPS.get((direction, kind)))]
