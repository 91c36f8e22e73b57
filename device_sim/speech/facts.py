"""What was true of a unit before its owner spoke: the undisturbed events of the model, counted."""

from __future__ import annotations

import statistics
from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from device_sim.model.body import WEEK_DAYS, Happening, Simulated

DAYS = {"day": 1.0, "week": 7.0, "month": 30.4375, "year": 365.25}
"""Length of a period, as the platform's users count rates."""
FEWEST_RUNS = 3
"""Emptied batteries before somebody speaks of how long one lasts."""
FAULTS = {"robot_vacuum": "stuck", "pill_dispenser": "jam_detected", "software": "crashed"}
"""The fault people of each product complain about."""


@dataclass(frozen=True)
class Fact:
    """A true quantity over days [since, until) of the fleet."""

    topic: str
    value: float
    """In `unit`; a rate is a day's. Percent is 0 to 100."""
    unit: str
    is_rate: bool
    since: float
    until: float


class Past:
    """What happened to one unit in days [0, days)."""

    def __init__(self, unit: Simulated, days: int) -> None:
        self._product = unit.body.spec.product
        weeks = -(-days // int(WEEK_DAYS))
        found = [h for number in range(weeks) for h in unit.week(number).happenings if h.t < days]
        self._happenings = sorted(found, key=lambda h: h.t)
        self._moments = [h.t for h in self._happenings]

    def between(self, since: float, until: float) -> list[Happening]:
        """What happened in days [since, until)."""
        return self._happenings[bisect_left(self._moments, since) : bisect_left(self._moments, until)]

    def facts(self, since: float, until: float) -> list[Fact]:
        """Everything the owner could say of days [since, until), `until` being now."""
        window = Window(self.between(since, until), since, until)
        return [fact for make in _MAKERS[self._product] if (fact := make(window, self._product)) is not None]


@dataclass(frozen=True)
class Window:
    """The events of some days."""

    happenings: list[Happening]
    since: float
    until: float

    @cached_property
    def by_kind(self) -> Mapping[str, list[Happening]]:
        """By kind, in order."""
        found: dict[str, list[Happening]] = {}
        for happening in self.happenings:
            found.setdefault(happening.kind, []).append(happening)
        return found

    def of(self, kind: str) -> list[Happening]:
        """Those of one kind."""
        return self.by_kind.get(kind, [])

    def total(self, kind: str, attribute: str) -> float:
        """Sum of a number over those of one kind."""
        return sum(float(h.attrs[attribute]) for h in self.of(kind))

    def rate(self, topic: str, unit: str, count: float) -> Fact:
        """`count` of something in the window, a day."""
        return Fact(topic, count / (self.until - self.since), unit, True, self.since, self.until)

    def state(self, topic: str, unit: str, value: float) -> Fact:
        """Something that is no rate."""
        return Fact(topic, value, unit, False, self.since, self.until)


_STARTS = {"robot_vacuum": "clean_started", "software": "session_started"}
_ENDS = {"robot_vacuum": "clean_finished", "software": "session_ended"}


def _uses(window: Window, product: str) -> Fact | None:
    return window.rate("usage_frequency", "count", len(window.of(_STARTS[product])))


def _duration(window: Window, product: str) -> Fact | None:
    lasted = [float(h.attrs["duration_min"]) for h in window.of(_ENDS[product])]
    return window.state("usage_duration", "min", statistics.fmean(lasted)) if lasted else None


def _last_used(window: Window, product: str) -> Fact | None:
    used = window.of(_STARTS[product])
    idle = window.until - used[-1].t if used else 0.0
    return window.state("last_used", "day", idle) if idle >= 2.0 else None


def _runtime(window: Window, _product: str) -> Fact | None:
    runs = [float(h.attrs["runtime_min"]) for h in window.of("battery_depleted")]
    return window.state("battery_runtime", "min", statistics.median(runs)) if len(runs) >= FEWEST_RUNS else None


def _faults(window: Window, product: str) -> Fact | None:
    count = len(window.of(FAULTS[product]))
    return window.rate("fault_frequency", "count", count) if count else None


def _doses(window: Window) -> tuple[float, float]:
    return window.total("dose_taken", "doses"), window.total("dose_missed", "doses")


def _adherence(window: Window, _product: str) -> Fact | None:
    taken, missed = _doses(window)
    return window.state("adherence", "percent", 100.0 * taken / (taken + missed)) if taken + missed else None


def _missed(window: Window, _product: str) -> Fact | None:
    taken, missed = _doses(window)
    return window.rate("missed_doses", "count", missed) if taken + missed else None


def _consumption(window: Window, _product: str) -> Fact | None:
    return window.rate("stock_consumption", "item", window.total("items_taken", "items"))


def _level(window: Window, _product: str) -> Fact | None:
    moved = [h for h in window.happenings if h.kind in ("items_taken", "items_added")]
    return window.state("stock_level", "item", float(moved[-1].attrs["remaining"])) if moved else None


_MAKERS: Mapping[str, tuple[Callable[[Window, str], Fact | None], ...]] = {
    "robot_vacuum": (_uses, _duration, _last_used, _runtime, _faults),
    "pill_dispenser": (_adherence, _missed, _faults),
    "stock_sensor": (_consumption, _level),
    "software": (_uses, _duration, _last_used, _faults),
}
