"""A broker that says what the test says, and a receiver to say it to."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Self

from ingest.buffer import Buffer
from ingest.mqtt.receiver import MqttReceiver
from ingest.receiver import Received
from tests.waiting import poll
from wire.broker import BrokerAddress, Session
from wire.topics import UP_FILTER

CONNACK = b"\x20\x03\x00\x00\x00"
CONNACK_RESUMED = b"\x20\x03\x01\x00\x00"
SUBSCRIBE, PUBACK, PINGREQ, DISCONNECT = 0x82, 0x40, 0xC0, 0xE0
PATIENCE_S = 30.0


class Peer:
    """One connection of the receiver, seen from the broker."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self._data = b""

    def packet(self) -> tuple[int, bytes]:
        """The next packet: first byte and body. Raises EOFError when there is none."""
        first = self._take(1)[0]
        length = shift = 0
        while True:
            digit = self._take(1)[0]
            length |= (digit & 0x7F) << shift
            shift += 7
            if digit < 0x80:
                return first, self._take(length)

    def until(self, wanted: int) -> bytes:
        """The body of the next packet of this kind."""
        while True:
            first, body = self.packet()
            if first == wanted:
                return body

    def accept(self, connack: bytes = CONNACK) -> None:
        """Let it in, and grant what it subscribes to."""
        assert self.packet()[0] == 0x10
        self.sock.sendall(connack)
        for _ in range(2):
            packet_id = self.until(SUBSCRIBE)[:2]
            self.sock.sendall(b"\x90\x04" + packet_id + b"\x00\x01")

    def publish(self, first_id: int, count: int, payload: bytes = b"{}") -> None:
        """Send so many messages, numbered on."""
        topic = b"vop/v1/vac-1/up/telemetry"
        size = 2 + len(topic) + 3 + len(payload)
        length = bytes([size]) if size < 128 else bytes([size & 0x7F | 0x80, size >> 7])
        head = b"\x32" + length + len(topic).to_bytes(2, "big") + topic
        self.sock.sendall(
            b"".join(head + n.to_bytes(2, "big") + b"\0" + payload for n in range(first_id, first_id + count))
        )

    def waits_for_the_end(self) -> None:
        """Read until the receiver is gone or says that it goes."""
        try:
            self.until(DISCONNECT)
        except (EOFError, ConnectionError):
            return

    def _take(self, count: int) -> bytes:
        while len(self._data) < count:
            data = self.sock.recv(65_536)
            if not data:
                raise EOFError
            self._data += data
        taken, self._data = self._data[:count], self._data[count:]
        return taken


class ScriptedBroker:
    """Holds one conversation for each connection, in order; what goes wrong in one fails the test at the end."""

    def __init__(self, *conversations: Callable[[Peer], None], receive_bytes: int | None = None) -> None:
        self._conversations = conversations
        self._failures: list[Exception] = []
        self.done = 0
        self._listener = socket.socket()
        if receive_bytes:
            self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen()
        self._listener.settimeout(PATIENCE_S)
        self._thread = threading.Thread(target=self._run, daemon=True)

    @property
    def address(self) -> BrokerAddress:
        """Where it listens."""
        return BrokerAddress("127.0.0.1", self._listener.getsockname()[1], "ingest", "secret")

    def finishes(self) -> None:
        """Wait until every conversation has been held."""
        self._thread.join(PATIENCE_S)
        if self._failures:
            raise self._failures[0]
        assert not self._thread.is_alive(), f"{self.done} of {len(self._conversations)} conversations were held"

    def _run(self) -> None:
        try:
            while self.done < len(self._conversations):
                sock, _ = self._listener.accept()
                with sock:
                    sock.settimeout(PATIENCE_S)
                    if not sock.recv(1, socket.MSG_PEEK):
                        continue  # somebody else's look whether this port is open
                    self._conversations[self.done](Peer(sock))
                self.done += 1
        except Exception as error:  # noqa: BLE001 - of the test's own script: told by `finishes`
            self._failures.append(error)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()
        self._thread.join(PATIENCE_S)
        if self._failures:
            raise self._failures[0]


@contextmanager
def receiving(
    address: BrokerAddress,
    *,
    client_id: str = "ingest-0",
    wanted: str | None = UP_FILTER,
    expiry_s: int = 3600,
    keepalive_s: int = 30,
    buffer_bytes: int = 1 << 26,
    **others: Any,
) -> Iterator[MqttReceiver]:
    """A receiver that has been started, and is stopped."""
    buffer = Buffer(max_bytes=buffer_bytes, batch_messages=100_000, batch_bytes=1 << 26, linger_s=0.0)
    session = Session(client_id, expiry_s, keepalive_s=keepalive_s)
    receiver = MqttReceiver(address, session, wanted, buffer, **others)
    receiver.start()
    try:
        yield receiver
    finally:
        receiver.stop()


def taken(receiver: MqttReceiver, count: int) -> list[Received]:
    """Exactly so many messages, in order, once they have come."""
    found: list[Received] = []

    def look() -> int:
        found.extend(receiver.take(0.1))
        return len(found)

    poll(look, until=lambda n: n >= count, what=f"{count} messages")
    assert len(found) == count
    return found
