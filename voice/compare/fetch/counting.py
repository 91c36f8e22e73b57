"""Counts and minutes by period, with coverage and what a counter says of the silences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from catalog.model import Product, Use
from store import comparing
from store import usage as stored
from store.database import Connection
from store.usage import Asked, Counts, Window
from voice.compare.fetch.scope import Chosen, Scope
from voice.compare.record import Counted, Part, Rank
from voice.compare.thresholds import Thresholds
from voice.counters import Counter, bounds
from voice.usage import within

_WHOLE: Final = 1 - 1e-6
FEWEST_PEERS: Final = 5
"""Others heard well enough to be ranked among."""


class What(NamedTuple):
    """What is counted: uses by their events, or their minutes."""

    uses: tuple[Use, ...]
    """Several are added up: kinds of faults."""
    minutes: bool = False
    counter: str | None = None
    """Signal that counts the same over silences."""

    @property
    def kinds(self) -> list[str]:
        """The events that are counted."""
        return sorted({use.event for use in self.uses})


def of_uses(product: Product, *, minutes: bool = False) -> What | None:
    """The product's uses, or the minutes of them."""
    use = product.use
    if use is None or (minutes and use.start is None and use.duration is None):
        return None
    return What((use,), minutes, use.duration_counter if minutes else use.counter)


def of_events(kinds: Sequence[str], count: str | None = None, counter: str | None = None) -> What:
    """Single events, each standing for one or for as many as an attribute says."""
    return What(tuple(Use(event=kind, count=1 if count is None else count) for kind in kinds), counter=counter)


class Tally(NamedTuple):
    """What was counted, and how much of the time was heard."""

    counted: Counted
    coverage: float | None


def tally(conn: Connection, where: Scope, chosen: Chosen, what: What) -> Tally:
    """Count in every part of the chosen time, over all units, each while it was the customer's."""
    asked, places = [], []
    for unit in where.units:
        pieces = within(chosen.parts, unit.owned)
        asked.append(Asked(unit.device_id, [window for _, window in pieces]))
        places.append([n for n, _ in pieces])
    totals = [0.0] * len(chosen.parts)
    for use in what.uses:
        for numbers, counts in zip(places, stored.counts_of(conn, use, asked), strict=True):
            for n, found in zip(numbers, counts, strict=True):
                totals[n] += _figure(found, what)
    coverages, overall = _coverage(conn, asked, places, len(chosen.parts))
    parts = tuple(
        Part(p.since, p.until, p.label, total, coverage)
        for p, total, coverage in zip(chosen.parts, totals, coverages, strict=True)
    )
    counter = None
    if what.counter is not None and overall is not None and overall < _WHOLE:
        counted = Counter(what.counter, what.uses[0], minutes=what.minutes)
        counter = bounds(conn, where.product, counted, where.within(chosen.window), now=where.until, edges=True)
    return Tally(Counted(parts, chosen.periods, counter), overall)


def _figure(found: Counts, what: What) -> float:
    return found.minutes if what.minutes else found.uses


def _coverage(
    conn: Connection, asked: Sequence[Asked], places: Sequence[Sequence[int]], parts: int
) -> tuple[list[float | None], float | None]:
    """Coverage of each part and of all of them: of several units the smallest, for a sum is no surer."""
    by_part: list[float | None] = [None] * parts
    smallest: float | None = None
    for each, numbers, seconds in zip(asked, places, stored.heard_seconds_of(conn, asked), strict=True):
        lengths: dict[int, list[float]] = {}
        for n, window, heard_s in zip(numbers, each.windows, seconds, strict=True):
            spent = lengths.setdefault(n, [0.0, 0.0])
            spent[0] += heard_s
            spent[1] += (window.until - window.since).total_seconds()
        for n, (heard_s, window_s) in lengths.items():
            by_part[n] = _least(by_part[n], heard_s / window_s)
        whole_s = sum(spent[1] for spent in lengths.values())
        if whole_s > 0:
            smallest = _least(smallest, sum(spent[0] for spent in lengths.values()) / whole_s)
    return by_part, smallest


def _least(a: float | None, b: float) -> float:
    return min(b, 1.0) if a is None else min(a, b, 1.0)


def ranked(conn: Connection, where: Scope, window: Window, what: What, t: Thresholds) -> Rank | None:
    """Where the units stand among the fleet of the product, by events in the time heard."""
    own = [unit.device_id for unit in where.units]
    rates: list[float] = []
    mine = 0.0
    length_s = (window.until - window.since).total_seconds()
    for each in comparing.standings(conn, where.product, own, what.kinds, window, peers=t.peers):
        if each.device_id in own:
            mine += each.events / each.heard_s if each.heard_s else 0.0
        elif each.heard_s * 100 >= length_s * t.coverage_pct:
            rates.append(each.events / each.heard_s)
    if len(rates) < FEWEST_PEERS:
        return None
    less, same = sum(rate < mine for rate in rates), sum(rate == mine for rate in rates)
    return Rank((less + same / 2) / len(rates), len(rates))
