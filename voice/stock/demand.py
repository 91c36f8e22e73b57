"""What is taken a day: TSB's forecast, the distribution it stands for, and a week's profile where there is one. Pure.

TSB (Teunter, Syntetos and Babai 2011) smooths how likely a day with demand is, every day, and how much is taken on
such a day, on those days: a product that falls asleep is forecast down without waiting for its next sale, as Croston's
method does. The distribution beside it has the same weights, so its mean is the forecast, and its tail is that of the
days seen and not a normal one's.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]

OCCURRENCE: Final = (0.0, 0.005, 0.01, 0.02)
"""Smoothing of how likely a day with demand is: from all days alike to a memory of fifty."""
SIZE: Final = (0.0, 0.01)
"""Smoothing of how much is taken on such a day. Faster ones follow chance (docs/benchmarks.md)."""
WEEK: Final = 7
FEWEST_DAYS: Final = 14
"""Days heard below which nothing is forecast."""
SURE: Final = 0.5
"""Standard errors by which a faster smoothing must have forecast better than none."""
FEWEST_WEEKS: Final = 8
"""Below which no profile of the week is looked for."""
SEASONAL: Final = 0.01
"""Chance of such differences between weekdays without any, below which they are taken for real."""
SHRINK_DAYS: Final = 4.0
"""Days of all weekdays that each is mixed with: a weekday seen eight times keeps two thirds of its difference."""


@dataclass(frozen=True, slots=True)
class Demand:
    """What a day is expected to bring. Index 0 of `profile` is Monday."""

    mean: float
    """Items a day, TSB."""
    occurrence: float
    """Share of days with any demand."""
    sizes: Floats
    """Probability of 0, 1, 2, ... items on a day that has demand; (k,)."""
    profile: tuple[float, ...] | None
    """How much likelier demand is on each weekday than on the mean day; None: the data show no difference."""
    days: int
    """Days it was learnt from."""
    smoothing: tuple[float, float]
    """Of occurrence and of size."""
    weekday_sizes: Floats | None = None
    """`sizes` of each weekday, (7, k), where there is a profile."""

    def day(self, weekday: int | None = None) -> Floats:
        """Probabilities of 0, 1, 2, ... items on one day; 0 is Monday, None any day."""
        lift, sizes = 1.0, self.sizes
        if self.profile is not None and weekday is not None:
            lift = self.profile[weekday]
            sizes = sizes if self.weekday_sizes is None else self.weekday_sizes[weekday]
        share = min(self.occurrence * lift, 1.0)
        pmf = sizes * share
        pmf[0] += 1 - share
        return pmf


def demand(taken: Sequence[float | None], first_weekday: int = 0) -> Demand | None:
    """What is taken a day, of the days given, oldest first; None for a day that was not heard, which teaches nothing.

    `first_weekday` is that of the first, 0 for Monday. None: too few days were heard.
    """
    series = np.array([math.nan if value is None else max(0.0, value) for value in taken], dtype=np.float64)
    heard = int(np.count_nonzero(~np.isnan(series)))
    if heard < FEWEST_DAYS:
        return None
    smoothing = _smoothing(series)
    weekday = (np.arange(len(series)) + first_weekday) % WEEK
    occurrence, sizes, each = _smoothed(series, weekday, *smoothing)
    profile = _profile(series, weekday)
    mean = occurrence * float(sizes @ np.arange(len(sizes)))
    return Demand(mean, occurrence, sizes, profile, heard, smoothing, None if profile is None else each)


def tsb(series: Floats, beta: float, alpha: float) -> Floats:
    """TSB's forecast for each day from the days before it, items a day; (n,). NaN is a day that was not heard."""
    share, size = _start(series)
    told = np.empty(len(series))
    for n, value in enumerate(series):
        told[n] = share * size
        if math.isnan(value):
            continue
        if value > 0:
            share += beta * (1 - share)
            size += alpha * (value - size)
        else:
            share -= beta * share
    return told


def _start(series: Floats) -> tuple[float, float]:
    """From all of the days: what to begin the smoothing with."""
    known = series[~np.isnan(series)]
    some = known[known > 0]
    return len(some) / len(known), float(some.mean()) if len(some) else 0.0


def _smoothing(series: Floats) -> tuple[float, float]:
    """What forecast these very days best; none, unless it did so beyond chance: the best of a grid follows noise."""
    grid = [(beta, alpha) for beta in OCCURRENCE for alpha in SIZE]
    misses = {pair: _misses(series, *pair) for pair in grid}
    best = min(grid, key=lambda pair: float(misses[pair].mean()))
    gain = misses[grid[0]] - misses[best]
    weeks = len(gain) / WEEK
    return best if weeks > 1 and gain.mean() > SURE * gain.std() / math.sqrt(weeks) else grid[0]


def _misses(series: Floats, beta: float, alpha: float) -> Floats:
    """Square of how far each day's forecast was from the mean of the week that followed; (n - 6,)."""
    told = tsb(series, beta, alpha)
    known = np.where(np.isnan(series), told, series)
    total = np.concatenate(([0.0], np.cumsum(known)))
    came = (total[WEEK:] - total[:-WEEK]) / WEEK
    return np.asarray((told[: len(came)] - came) ** 2)


def _smoothed(series: Floats, weekday: Ints, beta: float, alpha: float) -> tuple[float, Floats, Floats]:
    """Occurrence, and the sizes of days with demand with the weights that smoothing gives them; of the start too.

    The sizes are of all days, (k,), and of each weekday, (7, k).
    """
    share, _ = _start(series)
    known = series[~np.isnan(series)]
    for value in known:
        share += beta * ((value > 0) - share)
    met = series > 0
    some = np.round(series[met]).astype(np.int64)
    if not len(some):
        return float(share), np.array([1.0]), np.ones((WEEK, 1))
    ages = np.arange(len(some))[::-1]
    weights = alpha * (1 - alpha) ** ages + (1 - alpha) ** len(some) / len(some)
    weights *= len(some) / weights.sum()
    counted = np.zeros((WEEK, int(some.max()) + 1))
    np.add.at(counted, (weekday[met], some), weights)
    sizes = counted.sum(axis=0) / len(some)
    each = counted + SHRINK_DAYS * sizes
    return float(share), sizes, each / each.sum(axis=1, keepdims=True)


def _profile(series: Floats, weekday: Ints) -> tuple[float, ...] | None:
    """How much likelier demand is on each weekday, where the test of Kruskal and Wallis (1952) says that they differ.

    It is of how much is taken, days with nothing among them, so it sees a weekday with less as well as one with none.
    """
    known = ~np.isnan(series)
    days = np.bincount(weekday[known], minlength=WEEK).astype(np.float64)
    if days.min() < FEWEST_WEEKS:
        return None
    n = float(days.sum())
    _, inverse, ties = np.unique(series[known], return_inverse=True, return_counts=True)
    spread = 1 - float(np.sum(ties**3.0 - ties)) / (n**3 - n)
    if spread <= 0:
        return None
    ranks = (np.cumsum(ties) - (ties - 1) / 2)[inverse]
    sums = np.bincount(weekday[known], weights=ranks, minlength=WEEK)
    statistic = (12 / (n * (n + 1)) * float(np.sum(sums**2 / days)) - 3 * (n + 1)) / spread
    if _chi_square_tail_6(statistic) >= SEASONAL:
        return None
    met = np.bincount(weekday[known], weights=(series[known] > 0).astype(np.float64), minlength=WEEK)
    mixed = (met + SHRINK_DAYS * met.sum() / n) / (days + SHRINK_DAYS)
    return tuple((mixed / mixed.mean()).tolist())


def _chi_square_tail_6(x: float) -> float:
    """P(X > x) of chi-square with six degrees of freedom."""
    half = x / 2
    return math.exp(-half) * (1 + half + half * half / 2)
