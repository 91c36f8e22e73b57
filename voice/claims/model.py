"""What a statement claims, as it is handed on: frozen, comparable, ready for JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Unit = Literal["count", "min", "day", "percent", "item"]
Per = Literal["day", "week", "month", "year"]
Span = tuple[int, int]
"""Half-open offsets into the statement as it was written."""
Field = Literal["topic", "low", "high", "per", "hedged", "negated", "window", "dropped"]

PER_DAYS: dict[str, float] = {"day": 1.0, "week": 7.0, "month": 30.4375, "year": 365.25}
"""Mean days of a period, for comparing rates (guideline, "Topics and units")."""
UNIT_DAYS: dict[str, float] = {"day": 1.0, "week": 7.0, "month": 30.0, "year": 365.0}
"""Days that "for a month" stands for, when a length of time is said (guideline, "Units")."""


@dataclass(frozen=True, slots=True)
class Why:
    """Why one field of a claim was set, or why a figure was dropped."""

    field: Field
    because: str
    """A code of `explain.REASONS`, with what it speaks of after a colon."""
    span: Span


@dataclass(frozen=True, slots=True)
class Window:
    """The stretch of time a claim speaks of, UTC, half open."""

    since: datetime
    until: datetime

    def as_json(self) -> dict[str, str]:
        """`{"from", "to"}` in RFC 3339."""
        return {"from": self.since.isoformat(), "to": self.until.isoformat()}


@dataclass(frozen=True, slots=True)
class Claim:
    """One quantified claim. `low`, `high`: None is unbounded; both None: a bare vague word."""

    topic: str
    low: float | None
    high: float | None
    unit: Unit
    per: Per | None
    hedged: bool
    negated: bool
    quote: str
    span: Span
    window: Window | None = None
    """None: a habit, or no moment of speaking was given."""
    why: tuple[Why, ...] = field(default=(), compare=False)
    confidence: float = 1.0
    """How sure the reading is, 0 to 1: not how true the claim is."""

    def as_json(self) -> dict[str, Any]:
        """The claim of the contract: topic, low, high, unit, per, hedged, negated, quote, window."""
        return {
            "topic": self.topic,
            "low": _plain(self.low),
            "high": _plain(self.high),
            "unit": self.unit,
            "per": self.per,
            "hedged": self.hedged,
            "negated": self.negated,
            "quote": self.quote,
            "window": None if self.window is None else self.window.as_json(),
        }


def _plain(value: float | None) -> float | int | None:
    if value is None:
        return None
    rounded = round(value, 4)
    return int(rounded) if rounded == int(rounded) else rounded
