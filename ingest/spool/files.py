"""Files of the spool: made for us alone, written so that a power cut keeps them, read even where a disk fails."""

from __future__ import annotations

import errno
import fcntl
import os
import sys
from pathlib import Path

DIRECTORY_MODE = 0o700
FILE_MODE = 0o600
BLOCK_BYTES = 4096
"""What is given up when a disk cannot read it."""


def make_directory(path: Path) -> None:
    """Make `path` and its parents, durably. Raises OSError."""
    missing = [each for each in (path, *path.parents) if not each.exists()]
    for each in reversed(missing):
        each.mkdir(mode=DIRECTORY_MODE, exist_ok=True)
        sync_directory(each.parent)


def sync(descriptor: int) -> None:
    """Return when what was written is on the disk. Raises OSError."""
    if sys.platform == "darwin":
        fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)  # its fsync stops at the disk's own cache
    else:
        os.fsync(descriptor)


def sync_directory(path: Path) -> None:
    """Make a new or renamed file of `path` durable under its name. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write(descriptor: int, data: bytes) -> None:
    """Write all of `data`. Raises OSError; then some of it may have been written."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def read(descriptor: int, size: int, offset: int) -> bytes:
    """Up to `size` bytes from `offset`, fewer at the end; zeros where the disk cannot read. Raises OSError."""
    try:
        return os.pread(descriptor, size, offset)
    except OSError as error:
        if error.errno != errno.EIO:
            raise
    parts: list[bytes] = []
    end = min(offset + size, os.fstat(descriptor).st_size)
    while offset < end:
        step = min(BLOCK_BYTES - offset % BLOCK_BYTES, end - offset)
        try:
            parts.append(os.pread(descriptor, step, offset))
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            parts.append(bytes(step))
        offset += step
    return b"".join(parts)


def lock(path: Path) -> int | None:
    """Hold `path` until the descriptor returned is closed or this process ends; None when another process does.

    Raises OSError.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, FILE_MODE)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    except OSError:
        os.close(descriptor)
        raise
    return descriptor
