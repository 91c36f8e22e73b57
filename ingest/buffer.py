"""Messages received and not yet taken, bounded in bytes: when it is full the reader waits."""

from __future__ import annotations

from collections import deque
from threading import Condition
from time import monotonic

from ingest.receiver import Received

OVERHEAD_BYTES = 400
"""What a held message costs beside its payload."""


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

    def put(self, message: Received) -> None:
        """Add a message, waiting while the buffer is full. Dropped, unacknowledged, once the buffer is closed."""
        with self._changed:
            while self._bytes >= self._max_bytes and not self._closed:
                self._changed.wait()
            if self._closed:
                return
            self._held.append(message)
            self._bytes += _size(message)
            # The worker waits for the first message and for a full batch, not for each one.
            if len(self._held) == 1 or len(self._held) == self._batch_messages or self._bytes >= self._batch_bytes:
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
    return len(message.payload) + OVERHEAD_BYTES
