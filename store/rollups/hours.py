"""Sets of hours, counted from the epoch in UTC. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import NamedTuple, TypeAlias

from psycopg.types.multirange import Multirange

HOUR_S = 3_600
DAY_H = 24
FIRST, LAST = -(2**31), 2**31 - 1
"""Beyond all hours."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HOUR = timedelta(seconds=HOUR_S)

Stored: TypeAlias = Multirange[int]
"""An int4multirange as psycopg reads it."""


class Span(NamedTuple):
    """Half-open."""

    since: int
    until: int


def hour_of(at: datetime) -> int:
    """The hour in which `at` lies."""
    return (at - _EPOCH) // _HOUR


def hour_end(at: datetime) -> int:
    """The first hour that does not begin before `at`."""
    return -((_EPOCH - at) // _HOUR)


def start_of(hour: int) -> datetime:
    """When an hour begins."""
    return _EPOCH + hour * _HOUR


@dataclass(frozen=True, slots=True)
class Hours:
    """Disjoint spans of hours, in order; spans that touch are one."""

    spans: tuple[Span, ...] = ()

    @classmethod
    def of(cls, spans: Iterable[tuple[int, int]]) -> Hours:
        """The union of half-open spans."""
        merged: list[Span] = []
        for since, until in sorted(spans):
            if until <= since:
                continue
            if merged and since <= merged[-1].until:
                merged[-1] = Span(merged[-1].since, max(merged[-1].until, until))
            else:
                merged.append(Span(since, until))
        return cls(tuple(merged))

    @classmethod
    def stored(cls, *multiranges: Stored) -> Hours:
        """The union of multiranges as read from the database."""
        return cls.of(
            (FIRST if r.lower is None else r.lower, LAST if r.upper is None else r.upper)
            for multirange in multiranges
            for r in multirange
        )

    def __bool__(self) -> bool:
        return bool(self.spans)

    def __len__(self) -> int:
        return sum(span.until - span.since for span in self.spans)

    def __or__(self, other: Hours) -> Hours:
        return Hours.of((*self.spans, *other.spans))

    def within(self, since: int, until: int) -> Hours:
        """Those of `[since, until)`."""
        return Hours.of((max(s.since, since), min(s.until, until)) for s in self.spans)

    def __le__(self, other: Hours) -> bool:
        return other | self == other

    def joined(self, most: int) -> Hours:
        """At most `most` spans that cover these, the narrowest gaps filled."""
        gaps = [(after.since - before.until, at) for at, (before, after) in enumerate(pairwise(self.spans), 1)]
        kept = sorted(at for _, at in sorted(gaps, reverse=True)[: most - 1])
        edges = zip([0, *kept], [*kept, len(self.spans)], strict=True)
        return Hours(tuple(Span(self.spans[a].since, self.spans[b - 1].until) for a, b in edges if a < b))

    def first(self, most: int) -> Hours:
        """The earliest `most` hours."""
        kept: list[Span] = []
        left = most
        for span in self.spans:
            if left <= 0:
                break
            kept.append(Span(span.since, min(span.until, span.since + left)))
            left -= span.until - span.since
        return Hours(tuple(kept))

    def days(self) -> Iterator[int]:
        """The days they lie in, counted from the epoch, in order and once each."""
        before = FIRST
        for span in self.spans:
            for day in range(max(span.since // DAY_H, before + 1), (span.until - 1) // DAY_H + 1):
                before = day
                yield day

    def literal(self) -> str:
        """As PostgreSQL reads an int4multirange."""
        return "{" + ",".join(f"[{s.since},{s.until})" for s in self.spans) + "}"
