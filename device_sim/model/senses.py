"""What sensors say of health and habit: one linear response a signal, deliberately ambiguous.

A signal answers to several parts, to load, temperature and firmware, and every unit has its own offset of one to two
standard deviations of the effect that is to be detected (rule 2). Only their combination over time tells wear from
the rest.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from device_sim.model.body import Body
from device_sim.model.life import Floats
from device_sim.seeds import FLEET, Purpose, generator

REFERENCE_CEL = 22.0
EFFECT_SIGMA = 0.30
"""Standard deviation of a rising severity, 0 to 1, seen over its onset."""
SIGNALS_SHIFTED = (1, 3)
"""A release shifts this many signals, at least and at most (rule 6)."""


@dataclass(frozen=True)
class Response:
    """How one signal answers; all changes are relative to `base`."""

    signal: str
    base: float
    noise: float
    """Standard deviation of a single reading."""
    gains: Mapping[str, float] = field(default_factory=dict)
    """Change at level 1 of a part's signs or a wear level."""
    temperature: float = 0.0
    """Change per kelvin from 22 Cel."""
    load: float = 0.0
    """Change per standard deviation of load."""
    spread: float = 0.03
    """Unit-to-unit standard deviation beside what `gains` imply."""
    day_noise: float = 0.0
    """Standard deviation of a day's mean beside load and temperature: floors, pills, people."""


@dataclass(frozen=True)
class Senses:
    """The responses of one unit, with its own offsets and its firmware's."""

    body: Body
    levels: Mapping[str, Floats]
    """Daily course of each part's signs and of each wear level."""
    means: Mapping[str, Floats]
    """Daily mean of each signal at the day's conditions, before noise."""
    responses: Mapping[str, Response]

    def read(self, signal: str, t: Floats, rng: np.random.Generator, factor: float | Floats = 1.0) -> Floats:
        """Readings of `signal` at moments `t`, shape (n,); `factor` is the operating point."""
        response = self.responses[signal]
        mean = np.interp(t, np.arange(self.body.days) + 0.5, self.means[signal])
        # Multiplicative, so that a noisy reading of little is never less than nothing.
        return np.asarray(factor * mean * np.exp(response.noise * rng.normal(size=len(t))))

    def day_means(self, signal: str, days: int, samples: Floats, rng: np.random.Generator) -> Floats:
        """Daily means over `samples` (days,) readings each; NaN on days without one."""
        response = self.responses[signal]
        with np.errstate(divide="ignore"):
            sigma = np.where(samples > 0, response.noise / np.sqrt(np.maximum(samples, 1e-9)), np.nan)
        return np.asarray(self.means[signal][:days] * (1.0 + sigma * rng.normal(size=days)))


def sense(body: Body, levels: Mapping[str, Floats], responses: Sequence[Response]) -> Senses:
    """Draw the unit's offsets and lay out the daily mean of every signal."""
    rng = body.spec.rng(Purpose.BODY, 1)
    shifts = _firmware_shifts(body, responses)
    means = {}
    for response in responses:
        loudest = max((abs(gain) for gain in response.gains.values()), default=0.0)
        own = rng.normal() * math.hypot(response.spread, body.constants.offset_sigma * EFFECT_SIGMA * loudest)
        change = own + response.temperature * (body.temperature - REFERENCE_CEL) + response.load * body.load
        change = change + shifts[response.signal][body.firmware]
        if response.day_noise:
            change = change + response.day_noise * rng.normal(size=body.days)
        for level, gain in response.gains.items():
            change = change + gain * levels[level]
        means[response.signal] = response.base * np.maximum(0.02, 1.0 + change)
    return Senses(body, levels, means, {response.signal: response for response in responses})


def _firmware_shifts(body: Body, responses: Sequence[Response]) -> dict[str, Floats]:
    """Relative shift of each signal by firmware index; the same for all units of the fleet's product."""
    rng = generator(body.spec.seed, FLEET, Purpose.CONSTANTS, number=1000 + sum(body.spec.product.encode()))
    shifts: dict[str, Floats] = {response.signal: np.zeros(len(body.versions)) for response in responses}
    for version in range(1, len(body.versions)):
        for response in responses:
            shifts[response.signal][version] = shifts[response.signal][version - 1]
        count = min(len(responses), int(rng.integers(SIGNALS_SHIFTED[0], SIGNALS_SHIFTED[1] + 1)))
        for chosen in rng.choice(len(responses), count, replace=False):
            response = responses[int(chosen)]
            loudest = max((abs(gain) for gain in response.gains.values()), default=0.1)
            shifts[response.signal][version] += rng.choice((-1.0, 1.0)) * rng.uniform(0.15, 0.35) * loudest
    return shifts
