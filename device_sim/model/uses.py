"""When something is used: counts by day, and the moments within the day."""

from __future__ import annotations

import calendar
import datetime as dt

import numpy as np

from device_sim.model.body import MINUTE, WEEK_DAYS, Body
from device_sim.model.life import Floats


def away(rng: np.random.Generator, days: int, trips_per_year: float = 2.0) -> Floats:
    """1 at home, 0 on the days of a journey of 4 to 14 days."""
    home = np.ones(days)
    for _ in range(rng.poisson(trips_per_year * days / 365.25)):
        begins = int(rng.integers(0, days))
        home[begins : begins + int(rng.integers(4, 15))] = 0.0
    return home


def even(rng: np.random.Generator, count: int, share: float, block: int = 28) -> np.ndarray:
    """A mask (count,) that picks `share` of every `block` places, give or take one: for a habit that must show soon."""
    reached = np.floor(share * np.minimum(np.arange(0, count + block, block), count) + rng.random()).astype(np.int64)
    picked = np.zeros(count, dtype=np.bool_)
    for number, wanted in enumerate(np.diff(reached).tolist()):
        places = np.arange(number * block, min((number + 1) * block, count))
        picked[rng.permutation(places)[:wanted]] = True
    return picked


def monthly(rng: np.random.Generator, first: dt.date, days: int, share: float) -> np.ndarray:
    """A mask (days,) that picks the nearest to `share` of every calendar month's days, `first` being the first day."""
    picked = np.zeros(days, dtype=np.bool_)
    begin = 0
    while begin < days:
        day = first + dt.timedelta(days=begin)
        end = min(days, begin + calendar.monthrange(day.year, day.month)[1] - day.day + 1)
        picked[rng.permutation(np.arange(begin, end))[: round(share * (end - begin))]] = True
        begin = end
    return picked


def moments(
    rng: np.random.Generator, body: Body, counts: Floats, hour: float, jitter_h: float, apart_h: float
) -> Floats:
    """UTC moments of `counts` (days,) uses a day: the first about local `hour`, the next `apart_h` hours later."""
    number = counts.astype(np.int64)
    day = np.repeat(np.arange(body.days), number)
    rank = np.arange(len(day)) - np.repeat(np.cumsum(number) - number, number)
    local = day + (hour + rank * apart_h + jitter_h * rng.uniform(-1.0, 1.0, len(day))) / 24.0
    return np.sort(body.utc(local))


def fit(start: Floats, minutes: Floats, gap_min: float) -> tuple[Floats, np.ndarray]:
    """Moves uses so that none crosses the end of a week, and picks those that then do not overlap.

    Returns the moved starts and a mask; a use that would begin before the last one ended (plus `gap_min`) is dropped.
    """
    ends = start + minutes * MINUTE
    border = (np.floor(start / WEEK_DAYS) + 1.0) * WEEK_DAYS
    start = np.where(ends + 2 * MINUTE > border, border - (minutes + 2.0) * MINUTE, start)
    keep = np.zeros(len(start), dtype=np.bool_)
    free = 0.0
    for i, (begins, lasts) in enumerate(zip(start.tolist(), minutes.tolist(), strict=True)):
        if begins >= free:
            keep[i] = True
            free = begins + (lasts + gap_min) * MINUTE
    return start, keep


def grid(rng: np.random.Generator, week: int, every_min: float, phase: float) -> Floats:
    """Moments of regular reports in week `week`, each up to 4 s off; `phase` (0-1) differs by device."""
    step = every_min * MINUTE
    t = np.arange(week * WEEK_DAYS + phase * step, (week + 1) * WEEK_DAYS, step)
    return np.asarray(np.clip(t + rng.uniform(0.0, 4.0, len(t)) / 86_400.0, None, (week + 1) * WEEK_DAYS - 1e-6))


def outside(t: Floats, start: Floats, end: Floats) -> Floats:
    """Those moments of `t` that lie in no interval [start, end); intervals are sorted and apart."""
    if not len(start):
        return t
    before = np.searchsorted(start, t, side="right") - 1
    inside = (before >= 0) & (t < end[np.maximum(before, 0)])
    return np.asarray(t[~inside])


def within(start: Floats, minutes: Floats, every_min: float) -> tuple[Floats, Floats]:
    """Reports every `every_min` minutes during each use: moments, and minutes since its start."""
    counts = np.maximum(1, np.floor(minutes / every_min)).astype(np.int64)
    use = np.repeat(np.arange(len(start)), counts)
    rank = np.arange(len(use)) - np.repeat(np.cumsum(counts) - counts, counts)
    into = np.minimum((rank + 0.5) * every_min, minutes[use] * (rank + 0.5) / counts[use])
    return start[use] + into * MINUTE, into
