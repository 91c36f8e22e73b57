"""A line of the fault table: what is done, how large, and what it must come to."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TypeAlias

from tests.faults.books import Books
from tests.faults.site import Grounds, Site

MEMORY_LIMIT_MB = 150.0


@dataclass(frozen=True)
class Size:
    """How much of it."""

    long: bool

    def of(self, short: float, long: float) -> float:
        """One of the two."""
        return long if self.long else short

    def count(self, short: int, long: int) -> int:
        """One of the two."""
        return long if self.long else short


SHORT, LONG = Size(long=False), Size(long=True)


@dataclass(frozen=True)
class Line:
    """What one scenario came to."""

    fault: str
    engine: str
    messages: int
    acknowledged: int
    stored: int
    dead_lettered: int
    lost: int
    duplicated: int
    recovery_s: float
    memory_mb: float
    note: str
    holds: bool

    def as_json(self) -> str:
        """One object."""
        return json.dumps(asdict(self))


class Skipped(Exception):
    """The scenario cannot be run here, for the reason given."""


Run: TypeAlias = Callable[[Grounds, Size], Line]


@dataclass(frozen=True)
class Scenario:
    """A fault by name. `run` raises AssertionError when the platform fails, `Skipped` when it cannot be tried."""

    key: str
    title: str
    run: Run


def line(title: str, here: Site, found: Books, note: str = "", *, gaps_reported: bool = False) -> Line:
    """Of the books. `gaps_reported`: what is lost was proved to lie in reported gaps."""
    memory = here.note_memory()
    holds = found.hold or (gaps_reported and found.hold_but_for_losses)
    made = Line(
        title, here.grounds.engine, found.sent, found.acknowledged, found.stored, found.dead_lettered, found.lost,
        found.duplicated, round(here.recovery_s, 2), round(memory, 1), note, holds,
    )  # fmt: skip
    assert holds, f"{made}; missing {dict(list(found.missing.items())[:3])}; invented {found.invented}"
    assert memory < MEMORY_LIMIT_MB, f"the worker took {memory:.0f} MB"
    return made
