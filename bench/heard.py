"""How much of a time a device was heard, told by what was handed over alone: coverage, reckoned a second time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from catalog.model import Product
from device_sim.link import Sending

TAIL_HEARTBEATS = 3
_DAY_S = 86_400


@dataclass(frozen=True)
class Heard:
    """Stretches, in days of the fleet, in order and apart."""

    begins: np.ndarray
    ends: np.ndarray

    def share(self, since: float, until: float) -> float:
        """Of days [since, until), 0 to 1."""
        if until <= since:
            return 0.0
        overlap = np.minimum(self.ends, until) - np.maximum(self.begins, since)
        return float(np.maximum(overlap, 0.0).sum() / (until - since))


def heard(sendings: Iterable[Sending], product: Product) -> Heard:
    """From an element to the one numbered next, and three heartbeats after each."""
    moments: dict[tuple[int, int], float] = {}
    links: dict[tuple[int, int], tuple[int, int]] = {}
    for sending in sendings:
        body = sending.element.body
        number = body["boot"], body["seq"]
        moments[number] = sending.element.day
        if "prev" in body:
            links[number] = body["prev"]["boot"], body["prev"]["seq"]
    tail = TAIL_HEARTBEATS * product.heartbeat_s / _DAY_S
    spans = []
    for (boot, seq), day in moments.items():
        following = moments.get((boot, seq + 1), day)
        spans.append((day, max(day + tail, following)))
        before = moments.get(links.get((boot, seq), (-1, -1)))
        if before is not None:
            spans.append((before, day))
    spans.sort()
    begins: list[float] = []
    ends: list[float] = []
    for begin, end in spans:
        if ends and begin <= ends[-1]:
            ends[-1] = max(ends[-1], end)
        else:
            begins.append(begin)
            ends.append(end)
    return Heard(np.array(begins), np.array(ends))
