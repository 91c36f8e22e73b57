"""One file of the spool: appended to by one process, or read to its end and then deleted."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from secrets import token_bytes

from ingest.receiver import Received
from ingest.spool import files
from ingest.spool.format import MARKER_BYTES, Unpacked, pack, unpack, wanted

SUFFIX = ".v1"
"""The format's version: a program that knows only others leaves the file alone."""
DAMAGED_SUFFIX = ".damaged"
READ_BYTES = 1 << 21
_NAME = re.compile(rf"(\d{{12}})-([0-9a-f]{{{2 * MARKER_BYTES}}}){re.escape(SUFFIX)}")


class Segment:
    """Where one file begins to be unread, and how much of it is certain to be on the disk."""

    def __init__(self, path: Path, number: int, marker: bytes, size: int) -> None:
        self.path = path
        self.number = number
        self.size = size
        """Bytes known to be on the disk: what a failed write left behind them is not there."""
        self.offset = 0
        """Everything before it has been replayed."""
        self.damaged = False
        self.oldest_ms: int | None = None
        """About when the first unread message arrived; None: not looked at."""
        self._marker = marker
        self._descriptor: int | None = None
        self._is_ours = False

    @classmethod
    def create(cls, directory: Path, number: int) -> Segment:
        """A new, empty file, durable under its name. Raises OSError."""
        marker = token_bytes(MARKER_BYTES)
        segment = cls(directory / f"{number:012d}-{marker.hex()}{SUFFIX}", number, marker, 0)
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND
        segment._descriptor = os.open(segment.path, flags, files.FILE_MODE)
        segment._is_ours = True
        try:
            files.sync_directory(directory)
        except OSError:
            segment.close()
            with suppress(OSError):  # an empty file is all it can leave
                segment.path.unlink()
            raise
        return segment

    @staticmethod
    def is_name(name: str) -> bool:
        """Whether a file of this name is a segment."""
        return _NAME.fullmatch(name) is not None

    @classmethod
    def find(cls, path: Path) -> Segment | None:
        """The segment that another process has left; None when the file is none."""
        match = _NAME.fullmatch(path.name)
        if match is None:
            return None
        size = 0
        with suppress(OSError):  # told when it is to be read
            size = path.stat().st_size
        return cls(path, int(match[1]), bytes.fromhex(match[2]), size)

    def append(self, messages: Sequence[Received]) -> None:
        """Write `messages`; on return they are on the disk. Raises OSError: they may not be, and do not count."""
        if self._descriptor is None or not self._is_ours:
            raise ValueError(f"{self.path} is only read")
        data = pack(messages, self._marker)
        try:
            files.write(self._descriptor, data)
            files.sync(self._descriptor)
        except OSError:
            # After a failed fsync nobody knows what is on the disk: this file is written to no more.
            self.seal()
            raise
        self.size += len(data)

    @property
    def is_open_for_more(self) -> bool:
        """Whether this process may append to it."""
        return self._is_ours

    def seal(self) -> None:
        """Append no more, and cut off what a failed write has left where that can be done."""
        if not self._is_ours or self._descriptor is None:
            return
        try:
            if os.fstat(self._descriptor).st_size > self.size:
                os.ftruncate(self._descriptor, self.size)
        finally:
            self.close()

    def open(self) -> int:
        """The descriptor to read by, and from then on the size is known. Raises OSError."""
        if self._descriptor is None:
            self._descriptor = os.open(self.path, os.O_RDONLY)
            if not self.size:  # it could not be asked for when the file was found
                self.size = os.fstat(self._descriptor).st_size
        return self._descriptor

    def read(self, messages: int, size: int) -> Unpacked:
        """The next messages, in order, up to `messages` of them or `size` bytes of payload. Raises OSError.

        Without any message the segment has come to its end: `consumed` then reaches it.
        """
        descriptor = self.open()
        pos, wants, damaged = self.offset, READ_BYTES, 0
        while True:
            asked = min(wants, self.size - pos)
            data = files.read(descriptor, asked, pos)
            if len(data) < asked:  # somebody has cut the file
                self.damaged = True  # read again, it would look whole
                damaged += self.size - pos - len(data)
                self.size = pos + len(data)
            last = pos + len(data) >= self.size
            found = unpack(data, self._marker, last=last, most_messages=messages, most_bytes=size)
            pos += found.consumed
            damaged += found.damaged
            if found.messages or last:
                consumed = (self.size if last and not found.messages else pos) - self.offset
                return Unpacked(found.messages, consumed, damaged, found.torn)
            # Nothing whole yet: behind damage, or a record longer than a stretch.
            wants = max(READ_BYTES, wanted(data[found.consumed :], self._marker))

    def close(self) -> None:
        """Let go of the file."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
        self._is_ours = False

    def retire(self) -> None:
        """Every message of it is stored: delete it, or set it aside when it was damaged. Raises OSError."""
        self.close()
        if self.damaged:
            self.path.rename(self.path.with_name(self.path.name + DAMAGED_SUFFIX))
            files.sync_directory(self.path.parent)
        else:
            self.path.unlink()
