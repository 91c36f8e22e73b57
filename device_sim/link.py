"""The way from the device to the broker: late, lost, doubled and out of order.

Most devices keep what they could not send and deliver it late; some lose it. Failing devices lose more, but healthy
ones fall silent too, so that silence alone tells nothing (rule 5).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from device_sim.model.body import MINUTE, Simulated
from device_sim.model.life import Floats
from device_sim.record import Element
from device_sim.seeds import Purpose

OUTAGES_A_DAY = 1.0 / 14.0
FAILING_FACTOR = 2.0
"""How much more often the link of a failing device fails."""
LOSSY_SHARE = 0.3
"""Of outages: the device's buffer is lost."""
LONGEST_OUTAGE_MIN = 700.0
LONGEST_DELAY_DAYS = 1.0
"""No element is sent later than this after it was measured."""
LOST_SHARE = 5e-4
DOUBLED_SHARE = 4e-3
"""Sent again because the acknowledgement was late."""
DELAYED_SHARE = 5e-3
"""Overtaken by later ones."""


class Sending(NamedTuple):
    """One element on its way."""

    due: float
    """Day it is handed to the broker."""
    element: Element
    again: bool
    """A second copy of one sent before."""


@dataclass(frozen=True)
class Link:
    """One device's link: outages as intervals [begins, ends)."""

    begins: Floats
    ends: Floats
    lossy: np.ndarray
    unit: Simulated

    def carry(self, elements: list[Element], number: int) -> list[Sending]:
        """When each of week `number`'s elements is sent; the lost are missing, the doubled there twice."""
        if not elements:
            return []
        rng = self.unit.body.spec.rng(Purpose.LINK, number + 1)
        count = len(elements)
        day = np.array([element.day for element in elements])
        due = day + rng.uniform(0.1, 1.5, count) / 86_400.0
        chance = rng.random(count)
        gone = chance < LOST_SHARE
        delayed = (chance >= LOST_SHARE) & (chance < LOST_SHARE + DELAYED_SHARE)
        due[delayed] += rng.uniform(0.5, 25.0, int(delayed.sum())) * MINUTE
        if len(self.begins):
            last = np.searchsorted(self.begins, day, side="right") - 1
            place = np.maximum(last, 0)
            out = (last >= 0) & (day < self.ends[place])
            # The buffer is sent oldest first, within two minutes of the link's return.
            due[out] = self.ends[place[out]] + (day[out] - self.begins[place[out]]) * 1e-4 + rng.uniform(0, MINUTE)
            gone |= out & self.lossy[place]
        sendings = [
            Sending(when, element, False)
            for when, element, lost in zip(due.tolist(), elements, gone.tolist(), strict=True)
            if not lost
        ]
        for place_again in np.flatnonzero((chance > 1.0 - DOUBLED_SHARE) & ~gone).tolist():
            later = float(due[place_again]) + float(rng.uniform(1.0, 40.0)) / 86_400.0
            sendings.append(Sending(later, elements[place_again], True))
        sendings.sort(key=lambda sending: sending.due)
        return sendings


def lay(unit: Simulated) -> Link:
    """The link of `unit`, over all its days."""
    body = unit.body
    rng = body.spec.rng(Purpose.LINK)
    failing = np.max([life.severity for life in unit.lives.values()], axis=0)
    chance = OUTAGES_A_DAY * (1.0 + (FAILING_FACTOR - 1.0) * np.clip(failing, 0.0, 1.0))
    days = np.flatnonzero(rng.random(body.days) < chance)
    begins = days + rng.random(len(days)) * 0.5
    ends = begins + np.clip(rng.lognormal(np.log(45.0), 1.2, len(days)), 3.0, LONGEST_OUTAGE_MIN) * MINUTE
    apart = np.append(True, begins[1:] > ends[:-1]) if len(days) else np.zeros(0, dtype=np.bool_)
    lossy = rng.random(len(days)) < LOSSY_SHARE
    return Link(begins[apart], ends[apart], lossy[apart], unit)
