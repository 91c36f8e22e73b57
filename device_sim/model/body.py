"""What every simulated device has, whatever it is: a place, a climate, firmware, restarts, parts with lives.

Days are counted from the fleet's epoch (a UTC midnight); a fractional day is a moment. Arrays are one entry a day.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Protocol, TypeAlias
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from device_sim.model.life import Floats, Hazard, Life, live
from device_sim.model.ranges import Constants, failure_rates
from device_sim.seeds import FLEET, Purpose, generator

Ints: TypeAlias = npt.NDArray[np.int64]
Array: TypeAlias = npt.NDArray[Any]

WEEK_DAYS = 7
MINUTE = 1.0 / 1440.0
"""One minute, in days."""
RELEASES_PER_YEAR = 2
MEAN_DAYS_BETWEEN_RESTARTS = 24.0


@dataclass(frozen=True)
class Spec:
    """Who a unit is, and what the fleet has decided about it."""

    index: int
    device: str
    product: str
    zone: str
    seed: int
    epoch: dt.date
    days: int
    """Length of the daily arrays: observed days and the days after them."""
    fails: tuple[str, float] | None = None
    """A failure mode and the day its part's start age is drawn for."""
    not_before: float = 0.0
    """No part fails before this day (a product type without failures in training, rule 6)."""

    def rng(self, purpose: Purpose, number: int = 0) -> np.random.Generator:
        """Its random stream for `purpose`, `number` being a week or a part."""
        return generator(self.seed, self.index, purpose, number)


@dataclass(frozen=True)
class Readings:
    """Values measured together: `t` (n,) moments in days, `columns` signal -> (n,)."""

    t: Floats
    columns: Mapping[str, Array]


@dataclass(frozen=True)
class Happening:
    """An event at moment `t` (days)."""

    t: float
    kind: str
    attrs: Mapping[str, bool | int | float | str] = field(default_factory=dict)


@dataclass(frozen=True)
class Week:
    """Everything a device measures and notices in one week."""

    readings: Sequence[Readings]
    happenings: Sequence[Happening]


class Simulated(Protocol):
    """One device of one product."""

    @property
    def body(self) -> Body:
        """The common part."""
        ...

    @property
    def lives(self) -> Mapping[str, Life]:
        """Its parts by failure mode: ground truth, never published."""
        ...

    def week(self, number: int) -> Week:
        """What it measures in days [7 * number, 7 * number + 7)."""
        ...

    def daily(self, days: int) -> dict[str, Array]:
        """Daily means and sums of its numeric signals, each (days,); NaN where nothing was measured."""
        ...


@dataclass(frozen=True)
class Body:
    """The common part of a device."""

    spec: Spec
    constants: Constants
    age_days: float
    """Time in use before the epoch."""
    temperature: Floats
    """Of the room, daily mean in Cel."""
    humidity: Floats
    load: Floats
    """What is asked of it (carpet, pill type, traffic): slow, standard deviation 1."""
    versions: tuple[str, ...]
    firmware: Ints
    """Index into `versions`, by day."""
    restarts: Floats
    """Moments it restarted, rising."""
    first_boot: int

    @property
    def days(self) -> int:
        """Length of the daily arrays."""
        return self.spec.days

    def at(self, t: Floats) -> Ints:
        """Array index of the days of moments `t`."""
        return np.clip(t.astype(np.int64), 0, self.days - 1)

    def room(self, t: Floats, swing: float = 1.5) -> Floats:
        """Room temperature at moments `t`: the day's mean and a daily wave, warmest at 15:00 local."""
        hours = local_hours(self.spec.zone, self.spec.epoch, self.days)[self.at(t)]
        return np.asarray(
            np.interp(t, np.arange(self.days) + 0.5, self.temperature)
            + swing * np.cos(2 * np.pi * (t + hours / 24.0 - 15.0 / 24.0))
        )

    def utc(self, local: Floats) -> Floats:
        """Moments of local times `local` (days since the epoch's local midnight)."""
        return np.asarray(local - local_hours(self.spec.zone, self.spec.epoch, self.days)[self.at(local)] / 24.0)

    def weekday(self) -> Ints:
        """0 = Monday, by day."""
        return (np.arange(self.days) + self.spec.epoch.weekday()) % 7

    def lives(self, hazards: Sequence[Hazard], use_h: Floats) -> dict[str, Life]:
        """Its parts' lives by failure mode; start ages follow the device's own age and use."""
        lives = {}
        for number, hazard in enumerate(hazards):
            rng = self.spec.rng(Purpose.LIFE, number)
            # Parts repaired in the unseen past are younger than the device.
            age_h = self.age_days * float(use_h.mean()) * (1.0 if rng.random() < 0.8 else rng.random())
            aim = self.spec.fails[1] if self.spec.fails and self.spec.fails[0] == hazard.mode else None
            lives[hazard.mode] = live(
                rng, hazard, self.constants, use_h, age_h=age_h, fails_on=aim, not_before=self.spec.not_before
            )
        return lives


def hazards(
    seed: int, constants: Constants, modes: Sequence[str], typical_h: float, *, number: int,
    sudden: Mapping[str, float] | None = None,
) -> list[Hazard]:  # fmt: skip
    """How the parts `modes` of product `number` fail on fleet `seed`."""
    rates = failure_rates(seed, number, len(modes))
    shares = sudden or {}
    return [
        Hazard(mode, rate, constants.weibull_shape, shares.get(mode, constants.sudden_share), typical_h)
        for mode, rate in zip(modes, rates, strict=True)
    ]


@lru_cache(maxsize=256)
def local_hours(zone: str, epoch: dt.date, days: int) -> Floats:
    """Hours local time is ahead of UTC, at noon of each day."""
    place = ZoneInfo(zone)
    noon = dt.datetime(epoch.year, epoch.month, epoch.day, 12, tzinfo=place)
    offsets = [(noon + dt.timedelta(days=day)).utcoffset() or dt.timedelta() for day in range(days)]
    return np.array([offset.total_seconds() / 3600.0 for offset in offsets])


@lru_cache(maxsize=64)
def releases(seed: int, product: str, days: int) -> tuple[tuple[float, ...], tuple[str, ...]]:
    """Days firmware was released on, and all versions: the one in use at the epoch and each release's."""
    rng = generator(seed, FLEET, Purpose.CONSTANTS, number=100 + sum(product.encode()))
    half = 365.25 / RELEASES_PER_YEAR
    count = max(1, math.ceil(days / half))
    moments = tuple(float((k + rng.uniform(0.2, 0.8)) * half * min(1.0, days / half)) for k in range(count))
    minor = int(rng.integers(2, 7))
    return moments, (f"1.{minor}.0", *(f"1.{minor + 1 + k}.{int(rng.integers(0, 3))}" for k in range(count)))


def wander(rng: np.random.Generator, days: int, memory_days: float) -> Floats:
    """A slow random course of standard deviation 1 (first order autoregression), one value a day."""
    keep = math.exp(-1.0 / memory_days)
    shocks = rng.normal(0.0, math.sqrt(1.0 - keep * keep), days)
    shocks[0] = rng.normal()
    # y[k] = keep*y[k-1] + shock[k] by blocks: powers of `keep` over a block stay far from underflow.
    course = np.empty(days)
    block, last = 64, 0.0
    for begin in range(0, days, block):
        part = shocks[begin : begin + block]
        powers = keep ** np.arange(1, len(part) + 1)
        course[begin : begin + len(part)] = powers * (last + np.cumsum(part / powers))
        last = course[begin + len(part) - 1]
    return course


def embody(
    spec: Spec, constants: Constants, *, mean_cel: float = 21.0, season_k: float = 3.0, weather_k: float = 1.0
) -> Body:
    """The common part of the device `spec`."""
    rng = spec.rng(Purpose.BODY)
    day = np.arange(spec.days, dtype=np.float64)
    of_year = (day + spec.epoch.timetuple().tm_yday) / 365.25
    season = -np.cos(2 * np.pi * (of_year - 20.0 / 365.25))  # coldest about 20 January, northern sites
    temperature = mean_cel + rng.normal(0.0, 1.2) + season_k * season + weather_k * wander(rng, spec.days, 4.0)
    humidity = np.clip(45.0 + rng.normal(0, 5.0) + 9.0 * season + 6.0 * wander(rng, spec.days, 5.0), 8.0, 97.0)
    load = 0.75 * rng.normal() + 0.66 * wander(rng, spec.days, 12.0)
    moments, versions = releases(spec.seed, spec.product, spec.days)
    installed = np.array(moments) + rng.exponential(6.0, len(moments))
    firmware = np.searchsorted(np.sort(installed), day, side="right").astype(np.int64)
    expected = spec.days / MEAN_DAYS_BETWEEN_RESTARTS
    crashes = rng.uniform(0.0, spec.days, rng.poisson(expected))
    updates = installed[installed < spec.days]
    restarts = np.sort(np.concatenate((crashes, updates)))
    return Body(
        spec, constants, float(rng.uniform(20.0, 900.0)), temperature, humidity, load, versions, firmware,
        restarts, int(rng.integers(1, 40)),
    )  # fmt: skip
