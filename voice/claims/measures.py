"""Measures: figures with their meaning but no topic yet. What builds them stands in builders.py."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from voice.claims.bounds import Interval
from voice.claims.frames import Frame
from voice.claims.model import Per, Unit

Kind = Literal[
    "rate", "per", "length", "length_per", "spell", "ago", "after", "window", "moment", "since",
    "share", "all", "always", "none", "vague", "count", "empty", "full", "void",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Length:
    """A length of time: an interval in minutes or days."""

    interval: Interval
    unit: Unit


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure found at tokens `[begin, end)`."""

    kind: Kind
    value: Interval | None = None
    unit: Unit = "count"
    per: Per | None = None
    moment: tuple[str, float] | None = None
    """(period, how many of them ago), ("rolling", days) or ("weekday", 1 to 7)."""
    begin: int = 0
    end: int = 0
    frame: Frame | None = None
    """What it came by."""

    of_times: bool = False
    """Whether doings are counted: "3 times"."""
    of_goods: bool = False
    """Whether goods are counted: "40 boxes"."""

    @property
    def countable(self) -> bool:
        """Whether it may count things: not "twice", not "every day"."""
        if self.kind not in ("rate", "count"):
            return self.kind != "always"
        kind = self.frame.kind if self.frame is not None else ""
        return kind in COUNTING and self.value is not None and not self.value.times and not self.of_times


COUNTING = frozenset({"rate", "rate_in", "rate_over", "rate_window", "rate_periodic", "count"})
"""Builders of rates whose figure may count things."""


MINUTES_A_DAY = 1440
