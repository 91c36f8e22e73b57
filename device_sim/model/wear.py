"""Wear that users deal with themselves: consumables replaced, dirt wiped off, cells that fade."""

from __future__ import annotations

import math

import numpy as np

from device_sim.model.life import Floats

WEIBULL_SHAPE = 3.0
"""[U] 2-4: people replace a consumable around its rated hours, not at them."""


def consumable(rng: np.random.Generator, use_h: Floats, life_h: float) -> tuple[Floats, Floats]:
    """Level (1 at `life_h` rated hours) by day, and the days it was renewed."""
    used = np.cumsum(use_h) + rng.uniform(0.0, life_h)
    count = max(4, math.ceil(2.5 * used[-1] / life_h))
    renewed_h = np.cumsum(life_h * rng.weibull(WEIBULL_SHAPE, count) / math.gamma(1.0 + 1.0 / WEIBULL_SHAPE))
    since = np.searchsorted(renewed_h, used, side="right")
    level = (used - np.concatenate(([0.0], renewed_h))[since]) / life_h
    changed = np.flatnonzero(np.diff(since) > 0) + 1
    return level, changed.astype(np.float64)


def dirt(rng: np.random.Generator, days: int, mean_days: float) -> tuple[Floats, Floats]:
    """Level of dirt (about 1 when people wipe it off) by day, and the days it was wiped off."""
    gaps = rng.gamma(3.0, mean_days / 3.0, max(4, math.ceil(3.0 * days / mean_days)))
    wiped = np.cumsum(gaps) - rng.uniform(0.0, gaps[0])
    day = np.arange(days, dtype=np.float64)
    since = np.searchsorted(wiped, day, side="right")
    last = np.concatenate(([-rng.uniform(0.0, mean_days)], wiped))[since]
    return 1.2 * (1.0 - np.exp(-(day - last) / mean_days)), np.ceil(wiped[wiped < days - 1])


def fade(rng: np.random.Generator, cycles: Floats, rated_cycles: float, loss: float, power: float) -> Floats:
    """Remaining share of a lithium-ion pack's capacity, with recoveries after rest.

    Loss `loss` at `rated_cycles`, growing with cycles ** `power`; NASA's cells B0005-B0018 regain more than 1.5 % of
    capacity 4-9 times in 150 cycles and lose it again within days.
    """
    health = 1.0 - loss * (np.maximum(cycles, 0.0) / rated_cycles) ** power
    for _ in range(rng.poisson(len(cycles) / 40.0)):
        begins = int(rng.integers(0, len(cycles)))
        rest = np.arange(len(cycles) - begins, dtype=np.float64)
        health[begins:] += rng.uniform(0.005, 0.02) * np.exp(-rest / 4.0)
    return np.clip(health, 0.2, 1.0)
