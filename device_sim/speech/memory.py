"""How people remember a figure: rounded, in the period that comes to mind, and some of them too low or too high.

The shares of people are engineering estimates; that self-reported adherence lies above the counted one by a median of
17 % is published (PMC4917812), rounding to fives and tens is the digit preference known from surveys.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from device_sim.speech.facts import DAYS, Fact

Leaning = Literal["true", "low", "high"]
SHARES: dict[Leaning, float] = {"true": 0.55, "low": 0.25, "high": 0.20}
HEDGES = 0.25
"""Share of figures said with a doubt."""
CLOSE = 1.08
"""A figure that is off by less is said as one number, else as two between which it lies."""
ADHERENCE_FACTOR = 1.17
FORTNIGHT_DAYS = 14.0


@dataclass(frozen=True)
class Figure:
    """What is said: `low` and `high` in `unit`, a rate per `per`."""

    low: float
    high: float
    unit: str
    per: str | None
    hedged: bool


@dataclass(frozen=True)
class Memory:
    """One person's."""

    leaning: Leaning
    factor: float
    """What remembered rates and lengths are multiplied by."""


def memory(rng: np.random.Generator) -> Memory:
    """Draw a person's."""
    leaning = list(SHARES)[int(rng.choice(len(SHARES), p=list(SHARES.values())))]
    if leaning == "true":
        return Memory("true", 1.0)
    low, high = (0.3, 0.6) if leaning == "low" else (1.6, 2.6)
    return Memory(leaning, float(rng.uniform(low, high)))


def remember(rng: np.random.Generator, mind: Memory, fact: Fact) -> Figure:
    """How `fact` is said by a person with that memory."""
    hedged = bool(rng.random() < HEDGES)
    if fact.unit == "percent":
        factor = {"true": 1.0, "low": 1 / ADHERENCE_FACTOR, "high": ADHERENCE_FACTOR}[mind.leaning]
        share = float(np.clip(round(fact.value * factor / 5.0) * 5.0, 0.0, 100.0))
        return Figure(share, share, "percent", None, hedged)
    if fact.topic == "stock_level":
        level = float(round(fact.value * mind.factor))
        return Figure(level, level, "item", None, hedged)
    if fact.unit == "day":
        gone = _days(fact.value * mind.factor)
        return Figure(gone, gone, "day", None, hedged)
    value = fact.value * mind.factor
    per = _period(value) if fact.is_rate else None
    low, high = _between(value * DAYS[per] if per else value, exact=bool(rng.random() < 0.7))
    return Figure(low, high, fact.unit, per, hedged)


def _period(a_day: float) -> str:
    """The shortest in which it happens about once or more."""
    return next((per for per, days in DAYS.items() if a_day * days >= 0.92), "year")


def _between(value: float, *, exact: bool) -> tuple[float, float]:
    step = 1.0 if value < 12 else 5.0 if value < 60 else 10.0
    nearest = round(value / step) * step
    if nearest == 0.0:
        return 0.0, 0.0
    if exact and nearest / CLOSE <= value <= nearest * CLOSE:
        return nearest, nearest
    low = math.floor(value / step) * step
    return (low, low + step) if low > 0.0 else (nearest, nearest)


def _days(value: float) -> float:
    return round(value / 7.0) * 7.0 if value >= FORTNIGHT_DAYS else max(1.0, math.floor(value))
