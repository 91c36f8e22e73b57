"""Intervals that answer "is this the habit?": how far a figure may lie from what is usual, by chance. 95 %. Pure.

SciPy has the quantiles of the gamma distribution; it is no dependency of ours and the web process does without it, so
they are found here from the incomplete gamma function (series and continued fraction, Numerical Recipes 6.2).
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache
from statistics import fmean, variance
from typing import Final

ALPHA: Final = 0.05
_Z: Final = 1.959963984540054
FEWEST_FOR_SPREAD: Final = 3
PRIOR_DISPERSION: Final = 2.0
"""Variance over mean of people's counts a period, where there are too few to tell it: habits vary more than dice."""
_STEPS: Final = 200
_EPSILON: Final = 1e-12


def wilson(hits: float, of: float) -> tuple[float, float]:
    """Wilson's interval for a share, 0 to 1 (Wilson 1927). `of` 0: nothing is known."""
    if of <= 0:
        return 0.0, 1.0
    share = min(max(hits / of, 0.0), 1.0)
    scale = 1 + _Z**2 / of
    middle = (share + _Z**2 / (2 * of)) / scale
    half = _Z / scale * math.sqrt(share * (1 - share) / of + _Z**2 / (4 * of**2))
    low = 0.0 if share == 0 else max(0.0, middle - half)
    return low, 1.0 if share == 1 else min(1.0, middle + half)


@lru_cache(maxsize=4096)
def garwood(count: float) -> tuple[float, float]:
    """Garwood's exact interval for the mean of a Poisson count (Garwood 1936); `count` need not be whole."""
    low = _gamma_quantile(count, ALPHA / 2) if count > 0 else 0.0
    return low, _gamma_quantile(count + 1, 1 - ALPHA / 2)


def habit(counts: Sequence[float], periods: float) -> tuple[float, float]:
    """Interval of the mean count a period, wider where counts vary more than Poisson's (quasi-Poisson).

    `counts` are those of the periods; `periods` is how many they stand for.
    """
    total = sum(counts)
    spread = dispersion(counts)
    low, high = garwood(total / spread)
    return low * spread / periods, high * spread / periods


def dispersion(counts: Sequence[float]) -> float:
    """Variance over mean, at least 1: how much more than by chance the counts vary."""
    mean = fmean(counts) if counts else 0.0
    if len(counts) < FEWEST_FOR_SPREAD or mean == 0:
        return PRIOR_DISPERSION
    return max(1.0, variance(counts) / mean)


def median_interval(values: Sequence[float]) -> tuple[float, float]:
    """The bootstrap's percentile interval of the median, exactly: no drawing, so the same data give the same figures.

    The median of n drawn with replacement is at most the k-th smallest when more than half of them are, and their
    number is binomial with share k/n (Efron 1979; Maritz and Jarrett 1978). Raises `ValueError` without values.
    """
    ordered = sorted(values)
    n = len(ordered)
    if not n:
        raise ValueError("an interval needs at least one value")
    half = n // 2 + 1

    def reached(place: int) -> float:
        return _at_least(n, (place + 1) / n, half)

    low = bisect_left(range(n - 1), ALPHA / 2, key=reached)
    high = bisect_left(range(n - 1), 1 - ALPHA / 2, key=reached)
    return ordered[low], ordered[high]


def quantile(ordered: Sequence[float], share: float) -> float:
    """The value below which `share` of the sorted values lie, interpolated (Hyndman and Fan's type 7)."""
    at = min(max(share, 0.0), 1.0) * (len(ordered) - 1)
    below = math.floor(at)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (at - below)


def _at_least(n: int, share: float, least: int) -> float:
    """P(X >= least) of a binomial X of n."""
    if share >= 1:
        return 1.0
    logs = math.log(share), math.log1p(-share)
    return min(
        1.0,
        sum(
            math.exp(math.lgamma(n + 1) - math.lgamma(i + 1) - math.lgamma(n - i + 1) + i * logs[0] + (n - i) * logs[1])
            for i in range(least, n + 1)
        ),
    )


def _gamma_quantile(shape: float, share: float) -> float:
    """x with P(shape, x) = share, by bisection."""
    low, high = 0.0, shape + 10 * math.sqrt(shape) + 10
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if _gamma_share(shape, middle) < share:
            low = middle
        else:
            high = middle
        if high - low <= _EPSILON * high:
            break
    return (low + high) / 2


def _gamma_share(shape: float, x: float) -> float:
    """The regularised lower incomplete gamma function P(shape, x)."""
    if x <= 0:
        return 0.0
    scale = math.exp(shape * math.log(x) - x - math.lgamma(shape))
    if x < shape + 1:
        term = total = 1 / shape
        at = shape
        while term > total * _EPSILON:
            at += 1
            term *= x / at
            total += term
        return min(1.0, total * scale)
    b = x + 1 - shape
    c, d = 1e300, 1 / b
    fraction = d
    for i in range(1, 10_000):
        a = -i * (i - shape)
        b += 2
        d = 1 / _nonzero(a * d + b)
        c = _nonzero(b + a / c)
        fraction *= d * c
        if abs(d * c - 1) < _EPSILON:
            break
    return max(0.0, 1 - fraction * scale)


def _nonzero(value: float) -> float:
    return value if abs(value) > 1e-300 else 1e-300
