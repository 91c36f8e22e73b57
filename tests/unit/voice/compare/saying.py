"""Claims and records, written down shortly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from voice.claims.model import Claim
from voice.compare.record import About, Counted, Part, Rank, Record
from voice.figures import Bounds

SAID_AT = datetime(2026, 6, 15, 12, tzinfo=UTC)
_LENGTHS = {"day": 1.0, "week": 7.0, "month": 30.0, "year": 365.0}
_UNITS: dict[str, Any] = {
    "usage_duration": "min", "adherence": "percent", "battery_runtime": "min", "fault_since": "day",
    "stock_level": "item", "stock_consumption": "item", "last_used": "day",
}  # fmt: skip


def claim(topic: str, low: float | None, high: float | None, per: Any = None, **more: Any) -> Claim:
    text = more.pop("quote", f"{topic} {low} {high}")
    unit = more.pop("unit", _UNITS.get(topic, "count"))
    made = Claim(topic, low, high, unit, per, hedged=False, negated=False, quote=text, span=(0, len(text)))
    return replace(made, **more)


def record(about: About, coverage: float | None = 1.0, **more: Any) -> Record:
    return Record(SAID_AT - timedelta(days=90), SAID_AT, coverage, about, **more)


def counted(
    counts: Sequence[float],
    coverage: float = 1.0,
    per: str = "month",
    *,
    counter: Bounds | None = None,
    rank: Rank | None = None,
    coverages: Sequence[float] | None = None,
    **more: Any,
) -> Record:
    """Full periods that end as it is said."""
    length = timedelta(days=_LENGTHS[per])
    since = SAID_AT - length * len(counts)
    parts = tuple(
        Part(since + length * n, since + length * (n + 1), str(n), count, coverages[n] if coverages else coverage)
        for n, count in enumerate(counts)
    )
    return record(Counted(parts, len(parts), counter, rank), coverage, **more)
