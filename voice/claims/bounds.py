"""Intervals, and the words that bound or soften what a figure says: "at least", "about", "tops"."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from voice.claims.lattice import Lattice

PREFIXES = 4
"""Bounds and hedges read before one figure: "at least, say, about 30"."""


@dataclass(frozen=True, slots=True)
class Interval:
    """What a figure says: bounds (None: unbounded), whether it is approximate, whether it counts times ("twice")."""

    low: float | None
    high: float | None
    hedged: bool = False
    times: bool = False

    def scaled(self, factor: float) -> Interval:
        """Both bounds multiplied."""
        return replace(
            self,
            low=None if self.low is None else self.low * factor,
            high=None if self.high is None else self.high * factor,
        )

    def plus(self, other: Interval) -> Interval:
        """Bounds added one by one."""
        low = None if self.low is None or other.low is None else self.low + other.low
        high = None if self.high is None or other.high is None else self.high + other.high
        return Interval(low, high, self.hedged or other.hedged, self.times)

    @property
    def exact(self) -> bool:
        """One value."""
        return self.low is not None and self.low == self.high


def exactly(value: float) -> Interval:
    """The interval of one value."""
    return Interval(value, value)


def amount(value: object, *, times: bool = False) -> Interval:
    """A lexicon's `Amount` as an interval."""
    if isinstance(value, tuple):
        return Interval(float(value[0]), float(value[1]), times=times)
    if isinstance(value, int | float):
        return Interval(float(value), float(value), times=times)
    raise TypeError(f"{value!r} is no amount")


Change = Callable[[Any, Callable[[Interval], Interval]], Any]


def lay_bounded_by(
    lattice: Lattice, core: str, out: str, change: Callable[[Any, Callable[[Interval], Interval]], Any]
) -> None:
    """For every `core` entry an `out` entry with the bounds and hedges right before and after it.

    `change(value, f)` applies `f` to the interval inside the entry's value.
    """
    for begin in range(len(lattice.tokens)):
        entry = _bounded(lattice, begin, core, PREFIXES, change)
        if entry is not None:
            lattice.add(begin, out, *entry)


def _bounded(lattice: Lattice, begin: int, core: str, depth: int, change: Change) -> tuple[int, Any] | None:
    entry = lattice.longest(core, begin)
    if entry is not None:
        return _after(lattice, entry.end, entry.value, change)
    if depth == 0 or begin >= len(lattice.tokens):
        return None
    for tag in ("least", "most", "hedge", "hedge_before", "filler"):
        prefix = lattice.longest(tag, begin)
        if prefix is None or prefix.end >= len(lattice.tokens) or of_a_verb(lattice, begin, prefix.end):
            continue
        rest = _bounded(lattice, prefix.end, core, depth - 1, change)
        if rest is not None:
            return rest[0], change(rest[1], APPLIED[tag])
    return None


def of_a_verb(lattice: Lattice, begin: int, end: int) -> bool:
    """ "it falls OVER three times": no bound."""
    return any(
        (entry := lattice.longest(tag, place)) is not None and entry.end == end
        for place in range(max(begin - 2, 0), begin)
        for tag in ("fault", "use", "lasts", "session", "consume")
    )


def _after(lattice: Lattice, end: int, value: Any, change: Change) -> tuple[int, Any]:
    for _ in range(2):
        for tag in ("least_after", "most_after", "hedge_after"):
            suffix = lattice.longest(tag, end) if end < len(lattice.tokens) else None
            if suffix is not None:
                end, value = suffix.end, change(value, APPLIED[tag])
                break
    return end, value


def _at_least(value: Interval) -> Interval:
    return replace(value, high=None)


def _at_most(value: Interval) -> Interval:
    return replace(value, low=0.0)


def _about(value: Interval) -> Interval:
    return replace(value, hedged=True)


APPLIED: Mapping[str, Callable[[Interval], Interval]] = {
    "least": _at_least, "least_after": _at_least, "most": _at_most, "most_after": _at_most,
    "hedge": _about, "hedge_before": _about, "hedge_after": _about, "filler": lambda value: value,
}  # fmt: skip
