"""One directory of the spool: messages go to its end and are replayed from its beginning.

What `append` has returned from survives a kill at any moment. Segments are deleted when every message of theirs is
stored; a kill before that replays them again, and the store recognises what it has.
"""

from __future__ import annotations

import errno
import logging
import os
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ingest.errors import SpoolRefuses
from ingest.receiver import Received
from ingest.spool import files
from ingest.spool.format import RECORD_OVERHEAD_BYTES
from ingest.spool.segment import DAMAGED_SUFFIX, Segment

log = logging.getLogger(__name__)

SEGMENT_BYTES = 16 << 20
"""A segment is closed when it has reached this; a batch is never divided."""
LOCK_NAME = "lock"
RETRY_S = 60.0
"""Between two attempts at a segment that cannot be read."""
_DAMAGE = (errno.EIO, errno.EBADMSG, getattr(errno, "EUCLEAN", errno.EIO))
"""What a file system answers of a file that it has lost."""
_PASSING = (errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EINTR, errno.EAGAIN)
"""What has nothing to do with the file: all others would be as unreadable."""
MS_PER_H = 3_600_000


@dataclass(frozen=True, slots=True)
class Limits:
    """When a spool takes no more."""

    size_bytes: int
    age_h: int
    """Of its oldest message."""
    reserve_bytes: int
    """What must stay free of the file system it is on."""


@dataclass(frozen=True, slots=True)
class Piece:
    """The oldest messages of a spool, to be given back to `Spool.done` once they are stored."""

    messages: list[Received]
    segment: Segment
    consumed: int
    """How far this goes into the segment."""
    damaged: int
    """Bytes passed over because they could not be read."""


class Spool:
    """A directory held by this process alone."""

    def __init__(self, directory: Path, lock: int, limits: Limits, *, now_ms: Callable[[], int] | None = None) -> None:
        """`lock`: the descriptor that holds the directory. Raises OSError."""
        self.directory = directory
        self._lock = lock
        self._limits = limits
        self._now_ms = now_ms or (lambda: time.time_ns() // 1_000_000)
        self._segments: deque[Segment] = deque(_found(directory))
        self._unreadable: list[Segment] = []
        self._retry_at = 0.0
        self._last = max((each.number for each in self._segments), default=0)

    @property
    def is_empty(self) -> bool:
        """Nothing is left to replay."""
        return not self._segments

    @property
    def unreadable(self) -> int:
        """Segments that are passed over because nobody lets us read them; tried again by `look`."""
        return len(self._unreadable)

    @property
    def size_bytes(self) -> int:
        """Bytes on disk that are not yet replayed and deleted, without those of unreadable segments."""
        return sum(each.size for each in tuple(self._segments))

    @property
    def oldest_ms(self) -> int | None:
        """About when its oldest message arrived; None when it is empty, or not yet looked at."""
        head = next(iter(tuple(self._segments)), None)  # another thread may ask, for its metrics
        return None if head is None else head.oldest_ms

    def append(self, messages: Sequence[Received]) -> None:
        """Put `messages` at the end; on return they are on the disk.

        Raises `SpoolRefuses`, and then none of them may be acknowledged.
        """
        try:
            self._refuse_old()
            self._refuse_large(sum(len(m.payload) + len(m.topic) + RECORD_OVERHEAD_BYTES for m in messages))
            segment = self._open_segment()
            try:
                segment.append(messages)
            finally:
                if not segment.size:
                    self._forget(segment)
        except OSError as error:
            reason = f"{self.directory} cannot be written ({error.strerror or type(error).__name__})"
            raise SpoolRefuses("unwritable", reason) from error
        if segment.oldest_ms is None:
            segment.oldest_ms = messages[0].arrived_at_ms

    def look(self) -> None:
        """Find out how old the oldest message is, if that is not known, and what can be read again. Raises OSError."""
        self._retry()
        if self._segments and self.oldest_ms is None:
            self.read(1, 1)

    def _refuse_old(self) -> None:
        self.look()
        oldest_ms = self.oldest_ms
        if oldest_ms is not None and self._now_ms() - oldest_ms > self._limits.age_h * MS_PER_H:
            raise SpoolRefuses("old", f"its oldest message waits for more than {self._limits.age_h} h")

    def _refuse_large(self, size: int) -> None:
        held = self.size_bytes
        if held + size > self._limits.size_bytes:
            raise SpoolRefuses("full", f"it holds {held:,} of {self._limits.size_bytes:,} bytes")
        state = os.statvfs(self.directory)
        free = state.f_bavail * state.f_frsize
        if free < self._limits.reserve_bytes + size:
            raise SpoolRefuses("disk", f"{free:,} bytes of disk are free; {self._limits.reserve_bytes:,} are kept free")

    def _open_segment(self) -> Segment:
        if self._segments and self._segments[-1].is_open_for_more:
            newest = self._segments[-1]
            if newest.size < SEGMENT_BYTES:
                return newest
            newest.seal()
        self._last += 1
        segment = Segment.create(self.directory, self._last)
        self._segments.append(segment)
        return segment

    def read(self, messages: int, size: int) -> Piece | None:
        """The oldest messages, at most `messages` of them or about `size` bytes of payload; None when it is empty.

        The same again until `done` is called. A segment that cannot be read is passed over: what is behind it must not
        wait for it, and the store puts in its place what comes later. Raises OSError when nothing can be read.
        """
        while self._segments:
            segment = self._segments[0]
            try:
                found = segment.read(messages, size)
            except FileNotFoundError:
                log.error("segment %s is gone: somebody has deleted acknowledged messages", segment.path)  # noqa: TRY400
                self._forget(segment)
                continue
            except OSError as error:
                if error.errno in _PASSING:
                    raise
                self._pass_over(segment, error)
                continue
            piece = Piece(found.messages, segment, found.consumed, found.damaged)
            if found.messages:
                segment.oldest_ms = found.messages[0].arrived_at_ms
                return piece
            if found.torn:
                log.info("cut %d bytes of an unfinished write off %s", found.torn, segment.path.name)
            self.done(piece)
        return None

    def _pass_over(self, segment: Segment, error: OSError) -> None:
        if error.errno in _DAMAGE:
            log.error(
                "segment %s of the spool cannot be read (%s): the file is set aside, its messages are not stored",
                segment.path, error.strerror,
            )  # fmt: skip
            segment.damaged = True
            self._forget(segment)
            return
        log.error(
            "segment %s of the spool cannot be read (%s): it is passed over and tried again every %g s; give it back "
            "to the account that ingest runs under",
            segment.path, error.strerror, RETRY_S,
        )  # fmt: skip
        segment.close()
        self._segments.remove(segment)
        self._unreadable.append(segment)
        self._retry_at = time.monotonic() + RETRY_S

    def _retry(self) -> None:
        """Put back, in order, what can be read again."""
        if not self._unreadable or time.monotonic() < self._retry_at:
            return
        self._retry_at = time.monotonic() + RETRY_S
        for segment in sorted(self._unreadable, key=lambda each: each.number, reverse=True):
            with suppress(OSError):
                segment.open()
                log.info("segment %s of the spool can be read again", segment.path)
                self._unreadable.remove(segment)
                self._segments.appendleft(segment)

    def done(self, piece: Piece) -> None:
        """Everything in `piece` is stored: go on behind it, and delete its segment when that was the last of it."""
        segment = piece.segment
        segment.offset += piece.consumed
        if piece.damaged:
            segment.damaged = True
            log.error(
                "%d bytes of %s are damaged; every record that can be read is stored, the file is set aside",
                piece.damaged,
                segment.path,
            )
        if segment.offset >= segment.size:
            self._forget(segment)

    def _forget(self, segment: Segment) -> None:
        self._segments.remove(segment)
        try:
            segment.retire()
        except FileNotFoundError:
            return
        except OSError as error:
            # It is replayed once more at the next start, and recognised.
            log.warning("segment %s of the spool cannot be deleted: %s", segment.path, error.strerror)

    def close(self) -> None:
        """Let go of the directory; another process may take it."""
        for segment in (*self._segments, *self._unreadable):
            segment.close()
        os.close(self._lock)


def take(directory: Path, limits: Limits) -> Spool | None:
    """The spool in `directory`, made if need be; None when another process holds it. Raises OSError."""
    files.make_directory(directory)
    lock = files.lock(directory / LOCK_NAME)
    if lock is None:
        return None
    try:
        return Spool(directory, lock, limits)
    except OSError:
        os.close(lock)
        raise


def _found(directory: Path) -> list[Segment]:
    """Segments left by an earlier process, oldest first."""
    found: list[Segment] = []
    for path in sorted(directory.iterdir()):
        segment = Segment.find(path)
        if segment is not None:
            found.append(segment)
        elif path.name != LOCK_NAME and path.suffix != DAMAGED_SUFFIX:
            log.warning("%s is no file of a spool this program knows; left alone", path)
    return sorted(found, key=lambda each: each.number)
