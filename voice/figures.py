"""Figures of use: what they say, what they leave open, and how they add up. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from voice.calendars import Period


@dataclass(frozen=True, slots=True)
class Figures:
    """Uses, minutes and how much of the time the device was heard.

    `uses` and `minutes` are None where nothing was heard and no use is known: no telemetry is not
    zero use. Where something was heard they are what was heard of, a lower bound when `coverage` < 1.
    """

    uses: int | None
    minutes: float | None
    """Of finished uses whose length is known; None also for products whose uses have no length."""
    unfinished: int
    """How many of `uses` were closed by the next start or boot instead of an end of their own."""
    running: int
    """Uses that have begun and are not closed; not among `uses`."""
    heard_s: float
    window_s: float
    """Seconds of the window that lie within the ownership and in the past."""
    coverage: float | None
    """Share of `window_s` heard, 0 to 1; over several units the smallest. None without any window."""


def figures(
    uses: int,
    minutes: float,
    unfinished: int,
    running: int,
    *,
    heard_s: float,
    window_s: float,
    has_length: bool = True,
) -> Figures:
    """The figures of one device in one window of `window_s` seconds."""
    known = heard_s > 0 or uses > 0 or running > 0
    return Figures(
        uses if known else None,
        minutes if known and has_length else None,
        unfinished,
        running,
        heard_s,
        window_s,
        min(heard_s / window_s, 1.0) if window_s > 0 else None,
    )


NOTHING = Figures(None, None, 0, 0, 0.0, 0.0, None)


def in_time(parts: Iterable[Figures]) -> Figures:
    """One device's figures over windows that do not overlap. Coverage is that of all their time."""
    parts = list(parts)
    summed = _summed(parts)
    coverage = min(summed.heard_s / summed.window_s, 1.0) if summed.window_s > 0 else None
    return _with_coverage(summed, coverage)


def over_units(parts: Iterable[Figures]) -> Figures:
    """Several units' figures over the same time. Coverage is the smallest: the sum is no surer."""
    parts = list(parts)
    coverages = [part.coverage for part in parts if part.coverage is not None]
    return _with_coverage(_summed(parts), min(coverages, default=None))


def _summed(parts: list[Figures]) -> Figures:
    uses = [part.uses for part in parts if part.uses is not None]
    minutes = [part.minutes for part in parts if part.minutes is not None]
    return Figures(
        sum(uses) if uses else None,
        sum(minutes) if minutes else None,
        sum(part.unfinished for part in parts),
        sum(part.running for part in parts),
        sum(part.heard_s for part in parts),
        sum(part.window_s for part in parts),
        None,
    )


def _with_coverage(summed: Figures, coverage: float | None) -> Figures:
    return Figures(
        summed.uses, summed.minutes, summed.unfinished, summed.running,
        summed.heard_s, summed.window_s, coverage,
    )  # fmt: skip


class Bounds(NamedTuple):
    """How many there truly were in the whole window, as the device's own counter tells over its silences."""

    low: float
    high: float | None
    """None: no reading after the window, or the counter was reset."""
    exact: bool = True
    """Else it also counts what is no use: it cannot raise what the silence is taken to hide, only lower it."""


@dataclass(frozen=True, slots=True)
class PeriodUsage:
    """Figures of one period, `[period.since, period.until)`."""

    period: Period
    figures: Figures
