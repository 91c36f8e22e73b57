"""How many times as often: ratios of two counts with exact intervals. Pure."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

ALPHA: Final = 0.01
"""Intervals of 99 %: many groups are looked at, and of twenty that are alike one would stand out at 95 %."""
_STEPS: Final = 60


class Ratio(NamedTuple):
    """How many times as often in one group as in the other, and between what it lies."""

    value: float | None
    """None: nothing was met in the other group."""
    low: float
    high: float | None


def rate_ratio(hits: int, of: float, others: int, of_others: float) -> Ratio:
    """The ratio of two rates by the conditional exact interval (Przyborowski and Wilenski 1940).

    Given the sum of both, `hits` is binomial; Clopper and Pearson's interval of its share turns into one of the ratio.
    `of` and `of_others` are above 0, in the same unit.
    """
    n, scale = hits + others, of_others / of
    low, high = clopper_pearson(hits, n)
    value = hits / others * scale if others else None
    return Ratio(value, low / (1 - low) * scale, high / (1 - high) * scale if high < 1 else None)


def clopper_pearson(hits: int, of: int) -> tuple[float, float]:
    """The exact interval of a share (Clopper and Pearson 1934), 0 to 1."""
    if of == 0:
        return 0.0, 1.0
    low = 0.0 if hits == 0 else _share(of, hits, ALPHA / 2)
    return low, 1.0 if hits == of else _share(of, hits + 1, 1 - ALPHA / 2)


def _share(n: int, least: int, wanted: float) -> float:
    """The share at which `least` or more of n are met with probability `wanted`, by bisection."""
    low, high = 0.0, 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if at_least(n, middle, least) < wanted:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def at_least(n: int, share: float, least: int) -> float:
    """P(X >= least) of a binomial X of n, summed over the shorter tail."""
    if least <= 0 or share >= 1:
        return 1.0
    if least > n or share <= 0:
        return 0.0
    if least > n * share:
        return min(1.0, _sum(n, share, least, n))
    return max(0.0, 1 - _sum(n, share, 0, least - 1))


def _sum(n: int, share: float, first: int, last: int) -> float:
    log_share, log_rest = math.log(share), math.log1p(-share)
    base = math.lgamma(n + 1)
    return math.fsum(
        math.exp(base - math.lgamma(i + 1) - math.lgamma(n - i + 1) + i * log_share + (n - i) * log_rest)
        for i in range(first, last + 1)
    )
