"""Many devices' connections on one thread: a selector reads and writes whichever is ready."""

from __future__ import annotations

import selectors
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from paho.mqtt.client import Client

from device_sim.errors import Unacknowledged
from device_sim.mqtt.connection import Connection, Tally
from device_sim.mqtt.packing import Message

if TYPE_CHECKING:
    from paho.mqtt.client import SocketLike

TEND_EVERY_S = 0.5
STALLED_S = 120.0
"""No PUBACK for this long while messages wait for one: something is wrong, not slow."""
CLOSING_S = 3.0
"""Longest wait for goodbyes to be written."""


class Pool:
    """The connections of `devices`, by name. Use as a context manager; closes them at the end."""

    def __init__(self, connections: Mapping[str, Connection], *, max_bytes: int = 4 * 1024 * 1024) -> None:
        """`max_bytes` bounds the payload of all messages in flight together."""
        self.connections = dict(connections)
        self._selector = selectors.DefaultSelector()
        self._max_bytes = max_bytes
        self._tended = 0.0
        for name in self.connections:
            self._watch(name)

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_error: object) -> None:
        try:
            self._close()
        finally:
            self._selector.close()

    @property
    def tallies(self) -> dict[str, Tally]:
        """What each device sent and what was acknowledged."""
        return {name: connection.tally for name, connection in self.connections.items()}

    @property
    def acknowledged(self) -> int:
        """Elements acknowledged so far."""
        return sum(connection.tally.acknowledged for connection in self.connections.values())

    @property
    def unacknowledged(self) -> int:
        """Messages in flight."""
        return sum(connection.unacknowledged for connection in self.connections.values())

    def connect(self) -> None:
        """Open every connection and wait until all are accepted. Raises BrokerRefused, BrokerLost."""
        for connection in self.connections.values():
            connection.open(time.monotonic())
        self.wait(lambda: all(connection.online for connection in self.connections.values()))

    def publish(self, device: str, message: Message) -> None:
        """Publish as `device`, after waiting until it, and the pool, may have one more in flight."""
        connection = self.connections[device]
        self.wait(lambda: connection.free and self._in_flight() < self._max_bytes)
        connection.publish(message)

    def drain(self) -> None:
        """Wait for the PUBACK of everything in flight. Raises Unacknowledged."""
        self.wait(lambda: self.unacknowledged == 0)

    def wait(self, reached: Callable[[], bool], *, patient: bool = False) -> None:
        """Serve the connections until `reached`.

        Raises Unacknowledged when nothing moves for `STALLED_S`, unless `patient`.
        """
        seen, since = self._state(), time.monotonic()
        while not reached():
            self.serve(0.2)
            state = self._state()
            if state != seen:
                seen, since = state, time.monotonic()
            elif not patient and time.monotonic() - since > STALLED_S:
                raise Unacknowledged(self.unacknowledged, STALLED_S)

    def serve(self, timeout_s: float) -> None:
        """Read and write what is ready, waiting up to `timeout_s` for it; keep-alives and reconnects."""
        now = time.monotonic()
        if now - self._tended >= TEND_EVERY_S:
            self._tended = now
            for connection in self.connections.values():
                connection.tend(now)
        self._exchange(timeout_s)

    def _state(self) -> tuple[int, int, int]:
        online = sum(connection.online for connection in self.connections.values())
        return self.unacknowledged, self.acknowledged, online

    def _in_flight(self) -> int:
        return sum(connection.bytes_in_flight for connection in self.connections.values())

    def _watch(self, name: str) -> None:
        """Let the selector know of this connection's sockets from now on."""

        def opened(_client: Client, _data: object, sock: SocketLike) -> None:
            self._selector.register(sock, selectors.EVENT_READ, name)

        def closed(_client: Client, _data: object, sock: SocketLike) -> None:
            # Before paho closes it: the next socket may get the same number.
            self._selector.unregister(sock)

        client = self.connections[name].client
        client.on_socket_open = opened
        client.on_socket_close = closed

    def _exchange(self, timeout_s: float) -> None:
        """Write where something waits to be written, read what has arrived."""
        for connection in self.connections.values():
            sock = connection.client.socket()
            if sock is None:
                continue
            events = selectors.EVENT_READ | (selectors.EVENT_WRITE if connection.client.want_write() else 0)
            if self._selector.get_key(sock).events != events:
                self._selector.modify(sock, events, connection.device)
        for key, mask in self._selector.select(timeout_s):
            client = self.connections[key.data].client
            if mask & selectors.EVENT_READ:
                client.loop_read()
            if mask & selectors.EVENT_WRITE and client.socket() is not None:
                client.loop_write()

    def _close(self) -> None:
        for connection in self.connections.values():
            connection.close()
        deadline = time.monotonic() + CLOSING_S
        while self._selector.get_map() and time.monotonic() < deadline:
            self._exchange(0.1)
