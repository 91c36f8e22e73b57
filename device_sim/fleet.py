"""The fleet: which devices there are, who owns them, and which of them are going to fail."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from device_sim.errors import UnmodelledProduct
from device_sim.model import pill_dispenser, ranges, robot_vacuum, software, stock_sensor
from device_sim.model.body import Simulated, Spec, embody
from device_sim.model.life import Failure
from device_sim.people import Customer, customers, ownerships
from device_sim.seeds import FLEET, Purpose, generator

BUILD: Mapping[str, Callable[..., Simulated]] = {
    robot_vacuum.PRODUCT: robot_vacuum.build,
    pill_dispenser.PRODUCT: pill_dispenser.build,
    stock_sensor.PRODUCT: stock_sensor.build,
    software.PRODUCT: software.build,
}
SHARES = {"robot_vacuum": 0.40, "pill_dispenser": 0.24, "stock_sensor": 0.20, "software": 0.16}
"""Of a mixed fleet's devices."""
PREFIX = {"robot_vacuum": "rv", "pill_dispenser": "pd", "stock_sensor": "ss", "software": "sw"}
AFTER_DAYS = 400
"""Life beyond the observed days: what is still to fail, and what a live run may use up."""
SOON_DAYS = 14.0
FAILED_BY_DESIGN, FAILING_BY_DESIGN = 5, 4
"""Devices whose start age is drawn to fail within the observed days, and within `SOON_DAYS` after them."""
STORIES = {"robot_vacuum": 6.0 / 30.44, "pill_dispenser": 0.71}
"""Habit of the first device of each product: six runs a month, 71 % of the doses (the demo's first page)."""
AIMS = {
    "robot_vacuum": ("wheel_motor_worn", "battery_worn", "lidar_drag", "fan_filter_clogged", "main_brush_worn"),
    "pill_dispenser": ("stepper_worn", "pill_sensor_dusty", "backup_battery_worn"),
    "stock_sensor": ("battery_exhausted", "load_cell_drift", "radio_degraded"),
}
"""Failure modes with a precursor to look at."""


@dataclass(frozen=True)
class Device:
    """One unit, as the registry is told of it."""

    index: int
    device: str
    product: str
    serial: str
    batch: str
    hardware: str
    firmware: str
    """Version it runs at the end of the observed days."""
    customer: str
    zone: str


@dataclass(frozen=True)
class Fleet:
    """A reproducible fleet: everything follows from the catalogue, seed, size, days and epoch."""

    seed: int
    days: int
    epoch: dt.date
    """Day 0, a UTC midnight; the observed days end `days` later."""
    devices: tuple[Device, ...]
    customers: tuple[Customer, ...]
    specs: Mapping[str, Spec] = field(repr=False)
    stories: Mapping[str, float] = field(repr=False)

    @cached_property
    def constants(self) -> ranges.Constants:
        """Its physics."""
        return ranges.draw(self.seed)

    @property
    def epoch_ms(self) -> int:
        """Day 0 in milliseconds since 1970, UTC."""
        return int(dt.datetime(self.epoch.year, self.epoch.month, self.epoch.day, tzinfo=dt.UTC).timestamp() * 1000)

    def unit(self, device: str) -> Simulated:
        """Build `device`'s model (milliseconds of work)."""
        spec = self.specs[device]
        return BUILD[spec.product](spec, self.constants, habit=self.stories.get(device))

    def units(self) -> Iterator[Simulated]:
        """Every device's model, in order."""
        return (self.unit(device.device) for device in self.devices)

    def failures(self, start: float, end: float) -> list[tuple[str, Failure]]:
        """Ground truth: failures in days [start, end), earliest first."""
        found = [
            (device.device, failure)
            for device in self.devices
            for life in self.unit(device.device).lives.values()
            for failure in life.failures
            if start <= failure.day < end
        ]
        return sorted(found, key=lambda pair: pair[1].day)


def fleet(
    catalog: Mapping[str, object], devices: int = 60, days: int = 90, seed: int = 1, *,
    epoch: dt.date | None = None, products: Mapping[str, float] | None = None, staged: bool = True,
    not_before: Mapping[str, float] | None = None, named: Sequence[tuple[str, str]] | None = None,
) -> Fleet:  # fmt: skip
    """Draw a fleet of `devices` devices observed for `days` days.

    `epoch` is day 0 (UTC); without it the observed days end with today. Pass the same one to get the same fleet
    again. `products` gives the shares of the products (default `SHARES`, of those the catalogue has). `staged` draws
    start ages so that at least 4 devices fail within the observed days and 3 in the 14 days after them (fleets of 12
    or more). `not_before` gives, by product, the day before which nothing fails. `named` lists (device, product) of
    devices that exist already, in place of `devices` and `products`. Raises UnmodelledProduct.
    """
    shares = dict(products) if products is not None else {key: SHARES[key] for key in SHARES if key in catalog}
    kinds = [product for _, product in named] if named is not None else _apportion(shares, devices)
    for key in dict.fromkeys(kinds):
        if key not in BUILD:
            raise UnmodelledProduct(key, f"there is no physics for it; modelled are {', '.join(BUILD)}")
        if key not in catalog:
            raise UnmodelledProduct(key, "the catalogue does not declare it")
    names = [device for device, _ in named] if named is not None else _names(kinds)
    epoch = epoch or (dt.datetime.now(dt.UTC) - dt.timedelta(days=days)).date()
    owned = ownerships(seed, kinds)
    people = customers(seed, owned, names, kinds)
    zones = {unit: ownership.place.zone for ownership in owned for unit in ownership.units}
    specs = {
        name: Spec(position, name, product, zones[position], seed, epoch, days + AFTER_DAYS,
                   not_before=(not_before or {}).get(product, 0.0))
        for position, (name, product) in enumerate(zip(names, kinds, strict=True))
    }  # fmt: skip
    if staged:
        specs.update(_staged(seed, days, specs))
    owner = {device: person.customer for person in people for device in person.devices}
    stories = {}
    for product, habit in STORIES.items() if staged else ():
        if product in kinds:
            stories[names[kinds.index(product)]] = habit
    return Fleet(
        seed, days, epoch, tuple(_device(specs[name], days, owner[name]) for name in names), people, specs, stories,
    )  # fmt: skip


def _apportion(shares: Mapping[str, float], devices: int) -> list[str]:
    """Product of each device: whole numbers nearest to the shares, products together."""
    total = sum(shares.values())
    kinds: list[str] = []
    reached = 0.0
    for product, share in shares.items():
        reached += share / total * devices
        kinds += [product] * (round(reached) - len(kinds))
    return kinds


def _names(kinds: list[str]) -> list[str]:
    counts = dict.fromkeys(kinds, 0)
    names = []
    for product in kinds:
        counts[product] += 1
        names.append(f"{PREFIX[product]}-{counts[product]:04d}")
    return names


def _staged(seed: int, days: int, specs: Mapping[str, Spec]) -> dict[str, Spec]:
    """Specs of the devices whose start age is drawn for a failure."""
    rng = generator(seed, FLEET, Purpose.IDENTITY, number=2)
    pools = {product: [s for s in specs.values() if s.product == product][1:] for product in AIMS}
    failed, failing = min(FAILED_BY_DESIGN, len(specs) // 3), min(FAILING_BY_DESIGN, len(specs) // 4)
    chosen: dict[str, Spec] = {}
    for number in range(failed + failing):
        candidates = [product for product, pool in pools.items() if pool]
        if not candidates:
            break
        product = candidates[number % len(candidates)]
        spec = pools[product].pop(int(rng.integers(len(pools[product]))))
        mode = AIMS[product][int(rng.integers(len(AIMS[product])))]
        when = days * rng.uniform(0.3, 0.95) if number < failed else days + rng.uniform(1.5, SOON_DAYS - 1.0)
        chosen[spec.device] = replace(spec, fails=(mode, float(when)))
    return chosen


def _device(spec: Spec, days: int, customer: str) -> Device:
    rng = spec.rng(Purpose.IDENTITY)
    body = embody(spec, ranges.draw(spec.seed))
    code = PREFIX[spec.product].upper()
    year = spec.epoch.year - int(rng.integers(0, 3))
    return Device(
        spec.index, spec.device, spec.product, f"{code}{year % 100}-{spec.index * 7919 % 1_000_000:06d}",
        f"{code}-{year}-{int(rng.integers(1, 13)):02d}", f"rev {'ABC'[int(rng.integers(0, 3))]}",
        body.versions[int(body.firmware[min(days, spec.days - 1)])], customer, spec.zone,
    )  # fmt: skip
