"""How long it lasts, and from how much on to order: quantiles of what is taken until more comes. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Final

import numpy as np

from voice.stock.demand import WEEK, Demand, Floats

HORIZON_DAYS: Final = 365
"""Cover is not told beyond."""
MOST_ITEMS: Final = 100_000
"""A distribution is cut there: what lies beyond counts as that much."""
REVIEW_DAYS: Final = 1
"""What is taken from one look to the next comes on top of the lead time."""
LEAD_TAIL: Final = 0.0001
"""Of lead times, so many of the longest count as the longest of the others."""
LEAD_MOST_DAYS: Final = 730


@dataclass(frozen=True, slots=True)
class Cover:
    """Days until nothing is left; None: not within a year."""

    days: float | None
    """The median."""
    low: float | None
    """With a chance of one in ten it is over before."""
    high: float | None
    """With a chance of one in ten it lasts longer."""


@dataclass(frozen=True, slots=True)
class LeadTime:
    """From an order to its arrival, days."""

    mean: float
    sd: float = 0.0

    def days(self) -> Floats:
        """Probability that it is over within 0, 1, 2, ... whole days, and not within one less; (k,), none at 0.

        A gamma distribution by Wilson and Hilferty (1931): its cube root is close to normal. Its tail is there, as a
        service level of 99 % is about the one order in a hundred that comes late.
        """
        if self.sd == 0 or self.mean == 0:
            until = np.zeros(min(max(1, math.ceil(self.mean)), LEAD_MOST_DAYS) + 1)
            until[-1] = 1.0
            return until
        ninth = (self.sd / self.mean) ** 2 / 9
        within = [0.0]
        while within[-1] < 1 - LEAD_TAIL and len(within) <= LEAD_MOST_DAYS:
            root = (len(within) / self.mean) ** (1 / 3)
            within.append(NormalDist().cdf((root - 1 + ninth) / math.sqrt(ninth)))
        within[-1] = 1.0
        return np.diff(within, prepend=0.0)


def cover(demand: Demand, stock: int, weekday: int = 0) -> Cover:
    """How long `stock` lasts from the begin of a day that is `weekday`, if no more comes."""
    if stock <= 0:
        return Cover(0.0, 0.0, 0.0)
    left = np.zeros(stock + 1)
    left[stock] = 1.0
    wanted = [0.1, 0.5, 0.9]
    found: list[float | None] = []
    for day in range(HORIZON_DAYS):
        left = _after(left, demand.day((weekday + day) % WEEK))
        while wanted and left[0] >= wanted[0]:
            found.append(day + 1.0)
            wanted.pop(0)
        if not wanted:
            break
    found += [None] * len(wanted)
    low, middle, high = found
    return Cover(middle, low, high)


def _after(left: Floats, day: Floats) -> Floats:
    """How much is left after a day: what cannot be taken is not."""
    taken = np.convolve(left[::-1], day)
    after = taken[: len(left)][::-1].copy()
    after[0] += taken[len(left) :].sum()
    return after


def lead_time_demand(demand: Demand, lead: LeadTime, weekday: int = 0) -> Floats:
    """Probabilities of 0, 1, 2, ... items taken until an order of today arrives and is looked at; (k,)."""
    within = lead.days()
    mixed = np.zeros(1)
    total = np.ones(1)
    for day in range(len(within) - 1 + REVIEW_DAYS):
        total = np.convolve(total, demand.day((weekday + day) % WEEK))
        if len(total) > MOST_ITEMS:
            total = np.concatenate((total[: MOST_ITEMS - 1], [total[MOST_ITEMS - 1 :].sum()]))
        share = within[day + 1 - REVIEW_DAYS]
        if share:
            mixed = np.concatenate((mixed, np.zeros(max(0, len(total) - len(mixed)))))
            mixed[: len(total)] += share * total
    return mixed


def reorder_point(demand: Demand, lead: LeadTime, service_level: float, weekday: int = 0) -> int:
    """From so much on, and less, more is ordered: it lasts until the order comes with probability `service_level`."""
    chance = np.cumsum(lead_time_demand(demand, lead, weekday))
    return int(np.searchsorted(chance, service_level - 1e-12))


def quantity(demand: Demand, point: int, position: int, *, cycle_days: float, pack: int, least: int) -> int:
    """How much to order: up to the reorder point and `cycle_days` of demand, in whole packs and at least `least`."""
    wanted = max(point + math.ceil(demand.mean * cycle_days) - position, least, 1)
    return math.ceil(wanted / pack) * pack
