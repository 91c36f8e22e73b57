"""What the product knows of what was claimed: everything a judgement needs, and no more. Pure.

A `Record` is fetched (`voice.compare.fetch`) or written down by a test; `voice.compare.judge` sees nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple, TypeAlias

from voice.calendars import Calendar
from voice.figures import Bounds


class EventRef(NamedTuple):
    """One event that a figure was made from: its identity, for a link to it."""

    device: str
    ts: datetime
    boot: int
    seq: int
    kind: str


class Words(NamedTuple):
    """Text in every language the console speaks."""

    en: str
    fa: str


@dataclass(frozen=True, slots=True)
class Part:
    """What was counted in one period, or one piece of a window."""

    since: datetime
    until: datetime
    label: str
    count: float
    coverage: float | None


class Rank(NamedTuple):
    """Where the unit stands among those of its product."""

    below: float
    """Share of them that have less, ties counted half; 0 to 1."""
    peers: int


@dataclass(frozen=True, slots=True)
class Counted:
    """Counts, or minutes, by period."""

    parts: tuple[Part, ...]
    periods: float
    """How many of the claim's periods the parts stand for."""
    counter: Bounds | None = None
    rank: Rank | None = None


@dataclass(frozen=True, slots=True)
class Lengths:
    """How long each run, session or charge lasted, in minutes, oldest first."""

    values: tuple[float, ...]
    longer: tuple[float, ...] = ()
    """Of those whose end is not known: they lasted this long at least."""


@dataclass(frozen=True, slots=True)
class Share:
    """Parts of a whole: doses taken of those prescribed, runs with a fault of all runs."""

    hits: float
    of: float
    """All that were heard of."""
    unheard: float = 0.0
    """How many more there must have been while nothing was heard; what became of them is open."""


@dataclass(frozen=True, slots=True)
class Level:
    """How much was there about the time it was told."""

    value: float
    """The newest look before."""
    lowest: float
    highest: float
    """Within the hours that a look may be old."""
    at: datetime
    capacity: float | None = None
    """The most that was ever there, for shares of it; None: not known."""


@dataclass(frozen=True, slots=True)
class Elapsed:
    """Days that have passed since something."""

    low: float | None
    """At least; None: it never was, as far as is known."""
    high: float | None
    """At most; None: nothing bounds it."""
    calendar_days: int | None = None
    """Midnights passed since, where it happened: yesterday is 1."""
    working: int = 0
    """Uses that ended well within the time that a fault is said to have lasted, before it came or after it went."""


Reason: TypeAlias = Literal["undeclared", "too_short", "unowned", "nothing"]


@dataclass(frozen=True, slots=True)
class Missing:
    """Why there is nothing to compare with."""

    reason: Reason


About: TypeAlias = Counted | Lengths | Share | Level | Elapsed | Missing


@dataclass(frozen=True, slots=True)
class Record:
    """The product's side, over `[since, until)`; `until` is never after the moment of speaking."""

    since: datetime
    until: datetime
    coverage: float | None
    """Share of the window heard, 0 to 1; over several units the smallest. None: there was no window."""
    about: About
    units: int = 1
    """Units of the product that the customer owned within the window."""
    others: int = 0
    """Those of them that are not in the figures."""
    own_window: bool = False
    """The claim names the window; else it is a habit's."""
    fault: Words | None = None
    """Which faults were counted."""
    fault_known: bool = True
    """Whether the claim's words are those for these faults; else all were counted, and the one that is meant may be
    none of them."""
    evidence: tuple[EventRef, ...] = ()
    """The newest events the figures were made from."""
    evidence_total: int = 0
    calendar: Calendar = "gregorian"
    zone: str = "UTC"
