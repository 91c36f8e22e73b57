"""From what a unit measures to the elements its device sends: identity, restarts, a clock that errs.

`(ts, boot, seq)` of an element is a function of the fleet's seed alone. A second run of the same fleet therefore sends
the same elements, and the platform stores none of them twice.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from catalog.model import Product
from device_sim import quantise
from device_sim.errors import UnmodelledProduct
from device_sim.model.body import MINUTE, WEEK_DAYS, Simulated, wander
from device_sim.model.life import Floats
from device_sim.seeds import Purpose

DAY_MS = 86_400_000
CLOCK_LOST_SHARE = 0.25
"""Of restarts: the device comes up without the time of day and learns it minutes later."""
CLOCK_SKEW_S = 1.2
"""Standard deviation of a synchronised clock's error."""


class Element(NamedTuple):
    """One reading or event as the device recorded it."""

    day: float
    """True moment, in days since the fleet's epoch."""
    event: bool
    body: dict[str, Any]
    """As the wire contract has it; without `age_ms`."""
    unclocked: bool
    """Its `ts` is only time since the restart; `age_ms` must be added when it is sent."""


@dataclass
class Recorder:
    """Records one unit week by week, counting its elements. Iterate `weeks` once."""

    unit: Simulated
    product: Product
    epoch_ms: int

    def __post_init__(self) -> None:
        body = self.unit.body
        rng = body.spec.rng(Purpose.WIRE)
        self._restarts = body.restarts
        self._lost_min = np.where(
            rng.random(len(body.restarts)) < CLOCK_LOST_SHARE, rng.uniform(2.0, 25.0, len(body.restarts)), 0.0
        )
        self._skew_s = CLOCK_SKEW_S * wander(rng, body.days, 5.0)
        self._events = {event.key: {a.key: a for a in event.attribute} for event in self.product.event}

    def boot_at(self, day: float) -> int:
        """Restart counter in force at `day`."""
        return self.unit.body.first_boot + int(np.searchsorted(self._restarts, day, side="right"))

    def firmware_at(self, day: float) -> str:
        """Version it runs at `day`."""
        body = self.unit.body
        return body.versions[int(body.firmware[min(max(int(day), 0), body.days - 1)])]

    def booted(self, boot: int) -> float:
        """Day restart number `boot` happened; 0 for the boot that was running at the epoch."""
        place = boot - self.unit.body.first_boot
        return float(self._restarts[place - 1]) if place > 0 else 0.0

    def weeks(self, start: float) -> Iterator[list[Element]]:
        """Elements from day `start` on, week by week, without end; the first list is of `start`'s week.

        Counting begins at the restart before the one in force, so that `seq` and `prev` do not depend on `start`.
        """
        running = self.boot_at(start)
        from_day = self.booted(max(self.unit.body.first_boot, running - 1))
        count, last_boot = 0, -1
        first = math.floor(start / WEEK_DAYS)
        number = math.floor(from_day / WEEK_DAYS)
        while True:
            elements, count, last_boot = self._week(number, from_day, count, last_boot)
            if number >= first:
                yield [element for element in elements if element.day >= start] if number == first else elements
            number += 1

    def _week(self, number: int, from_day: float, count: int, last_boot: int) -> tuple[list[Element], int, int]:
        """Elements of week `number`; `count` is the next seq of boot `last_boot` (-1: none recorded yet)."""
        moments, bodies, events = self._measured(number)
        order = np.argsort(moments, kind="stable")
        days = moments[order]
        boots = self.unit.body.first_boot + np.searchsorted(self._restarts, days, side="right")
        stamps, unclocked = self._stamps(days, boots)
        elements = []
        for place, day, boot, ts, lost in zip(
            order.tolist(), days.tolist(), boots.tolist(), stamps.tolist(), unclocked.tolist(), strict=True
        ):
            if day < from_day:
                continue
            body = bodies[place]
            body["ts"] = ts
            body["boot"] = boot
            if boot != last_boot:
                if last_boot >= 0 and count:
                    body["prev"] = {"boot": last_boot, "seq": count - 1}
                last_boot, count = boot, 0
            body["seq"] = count
            count += 1
            elements.append(Element(day, place >= events, body, lost))
        return elements, count, last_boot

    def _measured(self, number: int) -> tuple[Floats, list[dict[str, Any]], int]:
        """Moments and bodies of a week, readings first; the third value is the index of the first event."""
        week = self.unit.week(number)
        moments = []
        bodies: list[dict[str, Any]] = []
        for readings in week.readings:
            named = quantise.columns(self.product, readings.columns)
            keys = list(named)
            moments.append(readings.t)
            lists = (values.tolist() for values in named.values())
            bodies += [{"values": dict(zip(keys, row, strict=True))} for row in zip(*lists, strict=True)]
        first_event = len(bodies)
        for happening in week.happenings:
            declared = self._events.get(happening.kind)
            if declared is None:
                raise UnmodelledProduct(
                    self.product.key, f"its physics reports {happening.kind!r}, which the catalogue does not declare"
                )
            bodies.append({"kind": happening.kind, "attrs": quantise.attributes(declared, happening.attrs)})
        moments.append(np.array([happening.t for happening in week.happenings], dtype=np.float64))
        return np.concatenate(moments), bodies, first_event

    def _stamps(self, days: Floats, boots: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The `ts` the device's clock shows (ms), and where that is only time since the restart."""
        true_ms = self.epoch_ms + np.rint(days * DAY_MS).astype(np.int64)
        skew = np.interp(days, np.arange(self.unit.body.days), self._skew_s)
        shown = true_ms + np.rint(skew * 1000.0).astype(np.int64)
        if not len(self._restarts):
            return shown, np.zeros(len(days), dtype=np.bool_)
        place = boots - self.unit.body.first_boot - 1
        since = days - self._restarts[np.maximum(place, 0)]
        lost = (place >= 0) & (since < self._lost_min[np.maximum(place, 0)] * MINUTE)
        return np.where(lost, np.rint(since * DAY_MS).astype(np.int64), shown), lost
