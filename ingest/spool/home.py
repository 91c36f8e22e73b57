"""The directory of a host's spools: each worker has one of its own, and replays those of workers that died.

Sub-directories are numbered and never removed; whoever holds the lock in one has it. A worker takes the lowest free
one, which is the one it had before a restart.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from pathlib import Path

from ingest.errors import SpoolRefuses
from ingest.receiver import Received
from ingest.spool import files
from ingest.spool.segment import DAMAGED_SUFFIX, Segment
from ingest.spool.spool import Limits, Piece, Spool, take

log = logging.getLogger(__name__)

MOST_WORKERS = 1_000
"""On one host."""


class Spools:
    """What this worker holds below `root`. Nothing is touched before it is asked for something."""

    def __init__(self, root: Path, limits: Limits) -> None:
        self.root = root
        self._limits = limits
        self._own: Spool | None = None
        self._adopted: list[Spool] = []
        self._replaying: Spool | None = None

    @property
    def is_empty(self) -> bool:
        """Nothing of this worker's own waits: what arrives now may be stored at once and stays in order."""
        return self._own is None or self._own.is_empty

    @property
    def size_bytes(self) -> int:
        """Bytes waiting in all spools held."""
        return sum(each.size_bytes for each in self._held())

    @property
    def oldest_ms(self) -> int | None:
        """About when the oldest message waiting arrived; None when none does, or none has been looked at."""
        return min((ms for each in self._held() if (ms := each.oldest_ms) is not None), default=None)

    def _held(self) -> Iterator[Spool]:
        if self._own is not None:
            yield self._own
        yield from list(self._adopted)

    def prepare(self) -> None:
        """Take a directory of our own. Raises `SpoolRefuses` when none can be made."""
        if self._own is not None:
            return
        try:
            files.make_directory(self.root)
            for number in range(MOST_WORKERS):
                self._own = take(self.root / str(number), self._limits)
                if self._own is not None:
                    if not self._own.is_empty:
                        log.info("%s holds %d bytes to be replayed", self._own.directory, self._own.size_bytes)
                    return
        except OSError as error:
            reason = f"{error.filename or self.root} cannot be used ({error.strerror or type(error).__name__})"
            raise SpoolRefuses("unwritable", reason) from error
        raise SpoolRefuses("unwritable", f"all {MOST_WORKERS} directories in {self.root} are held by other processes")

    def append(self, messages: Sequence[Received]) -> None:
        """Put `messages` at the end of our own. Raises `SpoolRefuses`: none of them may be acknowledged then."""
        self.prepare()
        if self._own is not None:
            self._own.append(messages)

    def adopt(self) -> None:
        """Take over what workers have left that are dead, and let go of what has been replayed. Raises OSError."""
        for done in [each for each in self._adopted if _is_done(each)]:
            self._adopted.remove(done)
            done.close()
        if not self.root.is_dir():
            return
        held = {each.directory for each in self._held()}
        for directory in sorted(self.root.iterdir()):
            if directory.name.isdecimal() and directory not in held and _has_segments(directory):
                spool = take(directory, self._limits)
                if spool is not None and _is_done(spool):
                    spool.close()
                elif spool is not None:
                    log.warning("replaying %s, which a worker that is gone has left", directory)
                    self._adopted.append(spool)

    def read(self, messages: int, size: int) -> Piece | None:
        """The oldest messages of our own spool, else of an adopted one; None when all are empty. Raises OSError."""
        for spool in self._held():
            piece = spool.read(messages, size)
            if piece is not None:
                self._replaying = spool
                return piece
        return None

    def done(self, piece: Piece) -> None:
        """Everything in `piece`, the last that was read, is stored."""
        if self._replaying is not None:
            self._replaying.done(piece)

    def look(self) -> None:
        """Find out how old the oldest messages are, where that is not known. Raises OSError."""
        for spool in self._held():
            spool.look()

    def damaged_files(self) -> int:
        """How many segments below `root`, of any worker, were set aside, and of ours cannot be read. Raises OSError."""
        return sum(1 for _ in self.root.glob(f"*/*{DAMAGED_SUFFIX}")) + sum(each.unreadable for each in self._held())

    def close(self) -> None:
        """Let go of everything; another worker may take it."""
        for spool in self._held():
            spool.close()
        self._own, self._adopted = None, []


def _is_done(spool: Spool) -> bool:
    return spool.is_empty and not spool.unreadable


def _has_segments(directory: Path) -> bool:
    return any(Segment.is_name(path.name) for path in directory.iterdir())
