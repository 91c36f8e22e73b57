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

OCCURRENCE: Final = (0.0, 0.005, 0.01, 0.02)
"""Smoothing of how likely a day with demand is: from all days alike to a memory of fifty."""
SIZE: Final = (0.0, 0.01)
"""Smoothing of how much is taken on such a day. Faster ones follow chance (docs/benchmarks.md)."""
WEEK: Final = 7
FEWEST_DAYS: Final = 14
"""Days heard below which nothing is forecast."""
FEWEST_WEEKS: Final = 8
"""Below which no profile of the week is looked for."""
SEASONAL: Final = 0.01
"""Chance of such differences between weekdays without any, below which they are taken for real."""
SHRINK_DAYS: Final = 4.0
"""Days of the mean that each weekday is mixed with: a weekday seen eight times keeps two thirds of its difference."""


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
    """Of occurrence and of size: what forecast these very days best."""

    def day(self, weekday: int | None = None) -> Floats:
        """Probabilities of 0, 1, 2, ... items on one day; 0 is Monday, None any day."""
        lift = 1.0 if self.profile is None or weekday is None else self.profile[weekday]
        share = min(self.occurrence * lift, 1.0)
        pmf = self.sizes * share
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
    profile = _profile(series, first_weekday)
    smoothing = min(((beta, alpha) for beta in OCCURRENCE for alpha in SIZE), key=lambda pair: _error(series, *pair))
    occurrence, sizes = _smoothed(series, *smoothing)
    mean = occurrence * float(sizes @ np.arange(len(sizes)))
    return Demand(mean, occurrence, sizes, profile, heard, smoothing)


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


def _error(series: Floats, beta: float, alpha: float) -> float:
    """Mean square of how far the forecast was from the mean of the week that followed."""
    told = tsb(series, beta, alpha)
    known = np.where(np.isnan(series), told, series)
    total = np.concatenate(([0.0], np.cumsum(known)))
    if len(series) <= WEEK:
        return 0.0
    came = (total[WEEK:] - total[:-WEEK]) / WEEK
    return float(np.mean((told[: len(came)] - came) ** 2))


def _smoothed(series: Floats, beta: float, alpha: float) -> tuple[float, Floats]:
    """Occurrence, and the sizes of days with demand with the weights that smoothing gives them; of the start too."""
    share, _ = _start(series)
    known = series[~np.isnan(series)]
    for value in known:
        share += beta * ((value > 0) - share)
    some = np.round(known[known > 0]).astype(np.int64)
    if not len(some):
        return float(share), np.array([1.0])
    ages = np.arange(len(some))[::-1]
    weights = alpha * (1 - alpha) ** ages + (1 - alpha) ** len(some) / len(some)
    return float(share), np.bincount(some, weights=weights) / weights.sum()


def _profile(series: Floats, first_weekday: int) -> tuple[float, ...] | None:
    """How much likelier demand is on each weekday, where a chi-square test of the seven says that it differs."""
    weekday = (np.arange(len(series)) + first_weekday) % WEEK
    known = ~np.isnan(series)
    days = np.bincount(weekday[known], minlength=WEEK).astype(np.float64)
    if days.min() < FEWEST_WEEKS:
        return None
    met = np.bincount(weekday[known], weights=(series[known] > 0).astype(np.float64), minlength=WEEK)
    share = met.sum() / days.sum()
    if not 0 < share < 1:
        return None
    statistic = float(np.sum((met - days * share) ** 2 / (days * share * (1 - share))))
    if _chi_square_tail_6(statistic) >= SEASONAL:
        return None
    mixed = (met + SHRINK_DAYS * share) / (days + SHRINK_DAYS)
    return tuple((mixed / mixed.mean()).tolist())


def _chi_square_tail_6(x: float) -> float:
    """P(X > x) of chi-square with six degrees of freedom."""
    half = x / 2
    return math.exp(-half) * (1 + half + half * half / 2)
