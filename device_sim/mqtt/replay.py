"""What has happened so far, published at full speed: devices catching up after months offline."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from catalog.model import Product
from device_sim.fleet import Fleet
from device_sim.link import LONGEST_DELAY_DAYS, Link, Sending, lay
from device_sim.model.body import WEEK_DAYS
from device_sim.mqtt.packing import pack
from device_sim.mqtt.pool import Pool
from device_sim.record import Element, Recorder


@dataclass
class Stream:
    """One device's sendings in the order they are due, those due from its start day on, without end."""

    device: str
    recorder: Recorder
    link: Link
    start: float
    _ahead: list[Sending] = field(default_factory=list)
    """Sendings already made and not yet taken, by due time."""

    def __post_init__(self) -> None:
        # Whole weeks, and what is still on its way from the one before: then a stream begun anywhere sends the same.
        self._made = math.floor(max(0.0, self.start - LONGEST_DELAY_DAYS) / WEEK_DAYS)
        self._weeks: Iterator[list[Element]] = self.recorder.weeks(float(self._made * WEEK_DAYS))

    def until(self, day: float) -> list[Sending]:
        """Take the sendings due before `day`."""
        # A late element of a week is due after it; none is due before its own week begins.
        while self._made * WEEK_DAYS < day:
            self._make()
        due = sorted((s for s in self._ahead if s.due < day), key=lambda s: s.due)
        self._ahead = [s for s in self._ahead if s.due >= day]
        return due

    @property
    def next_due(self) -> float:
        """When the next sending is due; looks one week ahead at most."""
        while not self._ahead:
            self._make()
        return min(sending.due for sending in self._ahead)

    def _make(self) -> None:
        sendings = self.link.carry(next(self._weeks), self._made)
        self._ahead += [sending for sending in sendings if sending.due >= self.start]
        self._made += 1


@dataclass(frozen=True)
class Progress:
    """How far the back-fill is."""

    fraction: float
    """Of the device-weeks to be published."""
    sent: int
    """Elements handed over for the first time."""
    acknowledged: int


def streams(fleet: Fleet, catalog: dict[str, Product], start: float) -> dict[str, Stream]:
    """Every device's stream from day `start` on."""
    found = {}
    for device in fleet.devices:
        unit = fleet.unit(device.device)
        recorder = Recorder(unit, catalog[device.product], fleet.epoch_ms)
        found[device.device] = Stream(device.device, recorder, lay(unit), start)
    return found


def backfill(
    fleet: Fleet, pool: Pool, waiting: dict[str, Stream], start: float, end: float, *, max_bytes: int,
    progress: Callable[[Progress], None] | None = None, stored: Callable[[], int] | None = None,
    max_ahead: int = 150_000, stopped: Callable[[], bool] = lambda: False,
) -> None:  # fmt: skip
    """Publish what is due in days [start, end), all devices week by week, and wait for every PUBACK.

    `stored` says how many elements the platform has stored; publishing pauses while more than `max_ahead` are
    acknowledged beyond that, so that a slow consumer's queue at the broker stays bounded.
    Raises BrokerRefused, BrokerLost, Unacknowledged.
    """

    def may_go_on() -> bool:
        return stored is None or pool.acknowledged - stored() < max_ahead or stopped()

    edges = [
        start,
        *(float(w * WEEK_DAYS) for w in range(math.floor(start / WEEK_DAYS) + 1, math.ceil(end / WEEK_DAYS))),
        end,
    ]
    steps = max(1, (len(edges) - 1) * len(waiting))
    done = 0
    for edge in edges[1:]:
        for device, stream in waiting.items():
            for message in pack(
                stream.until(edge), epoch_ms=fleet.epoch_ms, now_ms=int(time.time() * 1000), max_bytes=max_bytes
            ):
                if stopped():
                    return
                pool.wait(may_go_on, patient=True)
                pool.publish(device, message)
            done += 1
            if progress is not None:
                sent = sum(tally.sent for tally in pool.tallies.values())
                progress(Progress(done / steps, sent, pool.acknowledged))
    pool.drain()
    if progress is not None:
        progress(Progress(1.0, sum(tally.sent for tally in pool.tallies.values()), pool.acknowledged))
