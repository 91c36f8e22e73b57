"""The lives of one part of one device: wear, first signs, failure or replacement, repair, again.

A part's life is counted in hours of use and Weibull distributed, so that hard use brings failure forward. Time to
failure comes first and its precursor is laid out before it: from a random onset the severity rises to about 1 at
the failure, or, for sudden failures, not at all (rule 1). Healthy parts show excursions of the same kind that a user
cures (rule 3), and some lives end early by preventive replacement (rule 4).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from device_sim.model.ranges import Constants

Floats: TypeAlias = npt.NDArray[np.floating[Any]]

EXPOSURE_YEARS = 4.5
"""Ages the observed fleet spans: starts of up to 2.5 years, two years observed."""

AMPLITUDE_SIGMA = 0.25
"""Spread (logarithm) of how loudly a failing part announces itself."""
CONDITION_BASED_SHARE = 0.5
"""Preventive replacements made because somebody saw the signs; the others follow the calendar."""


@dataclass(frozen=True)
class Failure:
    """Ground truth: `mode` failed at `day` (days since the fleet's epoch) and worked again at `repaired`."""

    mode: str
    day: float
    repaired: float
    sudden: bool


@dataclass(frozen=True)
class Replacement:
    """A working part replaced: the life it ends is censored, not healthy."""

    mode: str
    day: float


@dataclass(frozen=True)
class Life:
    """Daily course of one part; arrays have one entry a day since the fleet's epoch."""

    severity: Floats
    """0 healthy, about 1 at the moment of failure."""
    excursion: Floats
    """The same signs with a harmless cause, cured by the user."""
    hours: Floats
    """Hours of use on the fitted part."""
    broken: npt.NDArray[np.bool_]
    """Days the part does not work at all."""
    failures: tuple[Failure, ...]
    replacements: tuple[Replacement, ...]

    @property
    def signs(self) -> Floats:
        """What sensors may see: true degradation and excursions together."""
        return np.asarray(np.maximum(self.severity, self.excursion) + 0.35 * np.minimum(self.severity, self.excursion))


@dataclass(frozen=True)
class Hazard:
    """How one mode fails on one fleet."""

    mode: str
    rate: float
    """Failures per device-year at typical use."""
    shape: float
    """Weibull shape of the life in hours."""
    sudden_share: float
    typical_h: float
    """Hours of use a day the rate refers to."""

    @property
    def scale_h(self) -> float:
        """Weibull scale in hours, such that the mean hazard over the observed ages is `rate`."""
        span_h = EXPOSURE_YEARS * 365.25 * self.typical_h
        return float(span_h / (EXPOSURE_YEARS * self.rate) ** (1.0 / self.shape))


def _residual_life_h(rng: np.random.Generator, hazard: Hazard, age_h: float) -> float:
    """Hours still to live for a part that has lived `age_h`."""
    scale, shape = hazard.scale_h, hazard.shape
    return float(scale * ((age_h / scale) ** shape + rng.exponential()) ** (1.0 / shape) - age_h)


def _rise(days: Floats, fails: float, rng: np.random.Generator, constants: Constants) -> Floats:
    onset = max(4.0, rng.lognormal(math.log(constants.onset_days), 0.35))
    power = rng.uniform(0.3, 0.8)
    loudness = rng.lognormal(0.1, AMPLITUDE_SIGMA)
    return np.asarray(loudness * np.clip(1.0 - (fails - days) / onset, 0.0, 1.0) ** power)


def excursions(rng: np.random.Generator, days: Floats, constants: Constants) -> Floats:
    """Recoverable episodes over `days`: rising like a fault, gone when the user cleans."""
    course = np.zeros_like(days)
    for _ in range(rng.poisson(constants.excursions_per_year * len(days) / 365.25)):
        begins = rng.uniform(days[0], days[-1])
        lasts = float(np.clip(rng.lognormal(math.log(9.0), 0.6), 2.0, 40.0))
        size = constants.excursion_size * rng.lognormal(0.0, AMPLITUDE_SIGMA)
        here = (days >= begins) & (days < begins + lasts)
        course[here] = np.maximum(course[here], size * ((days[here] - begins) / lasts) ** rng.uniform(0.5, 1.5))
    return course


def start_age_h(rng: np.random.Generator, hazard: Hazard, used_until_h: float) -> float:
    """An age at the start such that the part fails after `used_until_h` more hours."""
    while True:
        life_h = _residual_life_h(rng, hazard, 0.0)
        if life_h > used_until_h:
            return life_h - used_until_h


def live(
    rng: np.random.Generator, hazard: Hazard, constants: Constants, use_h: Floats, *, age_h: float,
    fails_on: float | None = None, not_before: float = 0.0,
) -> Life:  # fmt: skip
    """Lives of a part used `use_h` hours on each day, `age_h` hours old at the start.

    `fails_on` (day) draws the start age so that the part fails then, gradually, and is not replaced before;
    nothing else fails before day `not_before`.
    """
    days = np.arange(len(use_h), dtype=np.float64)
    used = np.concatenate(([0.0], np.cumsum(use_h)))
    severity, hours = np.zeros_like(days), np.zeros_like(days)
    broken = np.zeros(len(days), dtype=np.bool_)
    failures: list[Failure] = []
    replacements: list[Replacement] = []
    fitted = 0.0
    if fails_on is not None:
        age_h = start_age_h(rng, hazard, float(np.interp(fails_on, np.arange(len(used)), used)))
    first = True
    while fitted < len(days):
        base_h = float(np.interp(fitted, np.arange(len(used)), used))
        due_h = base_h + _residual_life_h(rng, hazard, age_h)
        fails = fails_on if first and fails_on is not None else _day_of(used, due_h)
        while fails < not_before:
            due_h = base_h + _residual_life_h(rng, hazard, age_h)
            fails = _day_of(used, due_h)
        sudden = bool(rng.random() < hazard.sudden_share) and not (first and fails_on is not None)
        rise = np.zeros_like(days) if sudden or math.isinf(fails) else _rise(days, fails, rng, constants)
        ends, repaired = fails, fails
        replaced = rng.random() < constants.censored_share and not (first and fails_on is not None)
        if replaced and not math.isinf(fails):
            reach = rng.uniform(1.0, 20.0) if rng.random() < CONDITION_BASED_SHARE else rng.uniform(5.0, 200.0)
            ends = repaired = max(fitted + 0.5, fails - reach)
            if ends < len(days):
                replacements.append(Replacement(hazard.mode, ends))
        elif not math.isinf(fails):
            repaired = fails + 0.5 + rng.gamma(2.0, 2.0)
            if fails < len(days):
                failures.append(Failure(hazard.mode, fails, repaired, sudden))
                broken |= (days >= math.ceil(fails)) & (days + 1 <= repaired)
        here = (days >= fitted) & (days < repaired)
        severity[here] = rise[here]
        hours[here] = age_h + used[:-1][here] - base_h
        fitted, age_h, first = max(repaired, ends), 0.0, False
    return Life(severity, excursions(rng, days, constants), hours, broken, tuple(failures), tuple(replacements))


def _day_of(used: Floats, hours: float) -> float:
    """The (fractional) day by which `hours` were used; infinite when never."""
    if hours >= used[-1]:
        return math.inf
    after = int(np.searchsorted(used, hours, side="right"))
    step = used[after] - used[after - 1]
    return float(after - 1 + (hours - used[after - 1]) / step)
