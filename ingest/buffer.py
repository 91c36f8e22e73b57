"""Messages received and not yet taken, bounded in bytes: when it is full the reader waits."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from sys import getsizeof
from threading import Condition
from time import monotonic

from ingest.receiver import Received

OVERHEAD_BYTES = 400
"""What a held message costs beside its payload, unless topic and content type are longer than this."""


class Buffer:
    """A queue from one reading thread to one working thread."""

    def __init__(self, *, max_bytes: int, batch_messages: int, batch_bytes: int, linger_s: float) -> None:
        self._max_bytes = max_bytes
        self._batch_messages = batch_messages
        self._batch_bytes = batch_bytes
        self._linger_s = linger_s
        self._held: deque[Received] = deque()
        self._bytes = 0
        self._closed = False
        self._changed = Condition()

    @property
    def held_bytes(self) -> int:
        """Bytes held now."""
        return self._bytes

    @property
    def oldest_ms(self) -> int | None:
        """When the first message held arrived; None without any."""
        with self._changed:
            return self._held[0].arrived_at_ms if self._held else None

    def wait_for_room(self, timeout_s: float) -> bool:
        """Whether more should be read: there is room, or `timeout_s` was enough for some; always once it is closed."""
        with self._changed:
            return self._changed.wait_for(lambda: self._closed or self._bytes < self._max_bytes, timeout_s)

    def put_all(self, messages: Sequence[Received]) -> None:
        """Add messages without waiting, for who reads asks for room first.

        Once the buffer is closed they are dropped, unacknowledged.
        """
        if not messages:
            return
        size = sum(map(_size, messages))
        with self._changed:
            if self._closed:
                return
            held = len(self._held)
            self._held.extend(messages)
            self._bytes += size
            # The worker waits for the first message and for a full batch, not for each one.
            if not held or held < self._batch_messages <= len(self._held) or self._bytes >= self._batch_bytes:
                self._changed.notify_all()

    def take(self, timeout_s: float) -> list[Received]:
        """Up to a batch, in order: at once when a batch is there, else what has come when the first has lingered."""
        with self._changed:
            self._wait_until(monotonic() + timeout_s, 1)
            if not self._held:
                return []
            self._wait_until(monotonic() + self._linger_s, self._batch_messages)
            batch: list[Received] = []
            size = 0
            while self._held and len(batch) < self._batch_messages and size < self._batch_bytes:
                message = self._held.popleft()
                size += _size(message)
                batch.append(message)
            self._bytes -= size
            self._changed.notify_all()
            return batch

    def _wait_until(self, deadline: float, messages: int) -> None:
        while len(self._held) < messages and self._bytes < self._batch_bytes and not self._closed:
            left = deadline - monotonic()
            if left <= 0:
                return
            self._changed.wait(left)

    def forget_connection(self) -> None:
        """Drop what will come again: everything of a connection that is gone, but for QoS 0."""
        with self._changed:
            self._held = deque(m for m in self._held if m.packet_id == 0)
            self._bytes = sum(map(_size, self._held))
            self._changed.notify_all()

    def close(self) -> None:
        """Take nothing more in, and let nobody wait."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()


def _size(message: Received) -> int:
    kind = message.content_type or ""
    if len(message.topic) + len(kind) <= OVERHEAD_BYTES:
        return len(message.payload) + OVERHEAD_BYTES
    # MQTT lets a device send empty messages with texts of 64 KiB. One character outside of the Basic Multilingual
    # Plane makes Python keep such a text in four times as much.
    return len(message.payload) + OVERHEAD_BYTES + getsizeof(message.topic) + getsizeof(kind)
