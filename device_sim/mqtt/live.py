"""Devices living on: elements are published when they are due, restarts cut the connection."""

from __future__ import annotations

import heapq
import time
from collections.abc import Callable

from device_sim.fleet import Fleet
from device_sim.mqtt.packing import pack
from device_sim.mqtt.pool import Pool
from device_sim.mqtt.replay import Stream

DAY_S = 86_400.0
RETRY_S = 1.0
LONGEST_NAP_S = 0.5
"""A stop is noticed within this."""


class ModelClock:
    """Model time: runs `speed` times as fast as the wall clock until it has caught up with it, then with it.

    It never passes the wall clock: elements from the future would be refused, and rightly.
    """

    def __init__(self, epoch_ms: int, day: float, speed: float, wall: Callable[[], float] = time.time) -> None:
        """Starts at `day` (days since the epoch) now."""
        self._epoch_s = epoch_ms / 1000.0
        self._day = day
        self._speed = speed
        self._wall = wall
        self._began = wall()

    def day(self) -> float:
        """Days since the fleet's epoch."""
        now = self._wall()
        return min(self._day + (now - self._began) * self._speed / DAY_S, (now - self._epoch_s) / DAY_S)


def live_on(fleet: Fleet, pool: Pool, waiting: dict[str, Stream], clock: ModelClock, stopped: Callable[[], bool], *,
         max_bytes: int) -> None:  # fmt: skip
    """Publish as time passes, until `stopped`."""
    due = [(stream.next_due, device) for device, stream in waiting.items()]
    heapq.heapify(due)
    while not stopped():
        day = clock.day()
        while due and due[0][0] <= day:
            _, device = heapq.heappop(due)
            stream = waiting[device]
            _restart(pool, stream, day)
            if not pool.connections[device].free:
                # Cut off, or its credentials were revoked: it keeps what it measures, the others go on.
                heapq.heappush(due, (day + RETRY_S / DAY_S, device))
                continue
            sendings = stream.until(day)
            for message in pack(sendings, epoch_ms=fleet.epoch_ms, now_ms=int(time.time() * 1000), max_bytes=max_bytes):
                pool.publish(device, message)
            heapq.heappush(due, (stream.next_due, device))
        pool.serve(LONGEST_NAP_S if not due or due[0][0] - day > LONGEST_NAP_S / DAY_S else 0.05)


def _restart(pool: Pool, stream: Stream, day: float) -> None:
    """Cut and renew the connection of a device that has restarted since it connected."""
    connection = pool.connections[stream.device]
    boot = stream.recorder.boot_at(day)
    if boot == connection.boot or not connection.online:
        return
    connection.drop()
    connection.restarted(boot, stream.recorder.firmware_at(day))
