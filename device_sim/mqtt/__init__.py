"""The MQTT mouth: the fleet's devices, each on its own connection with its own credentials.

    with Mouth(fleet, catalog, broker, credentials) as mouth:
        report = mouth.backfill(start, now, progress)
        mouth.live(stop)

`run` does both. What was published and acknowledged is reported per device, so that a demo can prove that the
platform stored all of it.
"""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from catalog.model import Product
from device_sim.errors import SimulationError
from device_sim.fleet import Fleet
from device_sim.mqtt.connection import Broker, Connection, Tally
from device_sim.mqtt.live import DAY_S, ModelClock, live_on
from device_sim.mqtt.pool import Pool
from device_sim.mqtt.replay import Progress, Stream, backfill, streams
from wire.limits import MAX_MESSAGE_BYTES

__all__ = ["Broker", "Mouth", "Progress", "Report", "Tally", "run"]


@dataclass(frozen=True)
class Report:
    """What a back-fill published."""

    devices: Mapping[str, Tally]
    seconds: float

    @property
    def sent(self) -> int:
        """Elements handed over for the first time."""
        return sum(tally.sent for tally in self.devices.values())

    @property
    def acknowledged(self) -> int:
        """Of those, in messages the broker acknowledged: the platform must hold each once."""
        return sum(tally.acknowledged for tally in self.devices.values())

    @property
    def again(self) -> int:
        """Second copies sent on purpose."""
        return sum(tally.again for tally in self.devices.values())


class Mouth:
    """The fleet's connections and streams. A context manager; connects on entry, says goodbye at the end."""

    def __init__(
        self, fleet: Fleet, catalog: Mapping[str, Product], broker: Broker, credentials: Mapping[str, str], *,
        max_message_bytes: int = MAX_MESSAGE_BYTES, stored: Callable[[], int] | None = None,
    ) -> None:  # fmt: skip
        """`credentials` maps device to secret; `max_message_bytes` is the broker's limit where it is lower than the
        contract's; `stored` counts the platform's stored elements, see `backfill`. Every second device speaks
        MQTT 3.1.1, the others 5.
        """
        missing = [device.device for device in fleet.devices if device.device not in credentials]
        if missing:
            raise SimulationError(f"no credentials for {len(missing)} devices of the fleet, e.g. {missing[0]!r}")
        self._fleet = fleet
        self._catalog = dict(catalog)
        self._max_bytes = min(max_message_bytes, MAX_MESSAGE_BYTES)
        self._stored = stored
        self._waiting: dict[str, Stream] = {}
        # `conn` must rise over runs of this program within one boot: seconds since the epoch do, without a file.
        conn = max(1, int(time.time() - fleet.epoch_ms / 1000))
        self._pool = Pool({
            device.device: Connection(
                device.device, credentials[device.device], broker,
                version=5 if device.index % 2 else 4, boot=0, conn=conn,
            )
            for device in fleet.devices
        })  # fmt: skip
        self._day = 0.0

    def __enter__(self) -> Mouth:
        return self

    def __exit__(self, *error: object) -> None:
        self._pool.__exit__(*error)

    def backfill(
        self, start: dt.datetime, end: dt.datetime, progress: Callable[[Progress], None] | None = None,
        stopped: Callable[[], bool] = lambda: False,
    ) -> Report:  # fmt: skip
        """Publish everything due in [start, end) and wait until the broker has acknowledged all of it.

        Raises BrokerRefused, BrokerLost, Unacknowledged.
        """
        began = time.monotonic()
        first, last = self._day_of(start), self._day_of(end)
        self._begin(max(0.0, first), last)
        backfill(
            self._fleet, self._pool, self._waiting, max(0.0, first), last, max_bytes=self._max_bytes,
            progress=progress, stored=self._stored, stopped=stopped,
        )  # fmt: skip
        self._day = last
        return Report(self._pool.tallies, time.monotonic() - began)

    def live(self, stopped: Callable[[], bool], *, speed: float = 1.0, start: dt.datetime | None = None) -> None:
        """Live on from where the back-fill ended (or `start`) until `stopped`."""
        if start is not None:
            self._day = self._day_of(start)
        if not self._waiting:
            self._begin(self._day, self._day)
        live_on(
            self._fleet, self._pool, self._waiting, ModelClock(self._fleet.epoch_ms, self._day, speed), stopped,
            max_bytes=self._max_bytes,
        )  # fmt: skip

    @property
    def tallies(self) -> Mapping[str, Tally]:
        """What each device has sent so far, and what of it was acknowledged."""
        return self._pool.tallies

    def _begin(self, start: float, presence: float) -> None:
        """Prepare the streams from day `start`, and connect as the devices are at day `presence`."""
        self._waiting = streams(self._fleet, self._catalog, start)
        for device, stream in self._waiting.items():
            connection = self._pool.connections[device]
            connection.boot = stream.recorder.boot_at(presence)
            connection.firmware = stream.recorder.firmware_at(presence)
        self._pool.connect()

    def _day_of(self, moment: dt.datetime) -> float:
        return (moment.timestamp() - self._fleet.epoch_ms / 1000.0) / DAY_S


def run(
    fleet: Fleet, catalog: Mapping[str, Product], broker: Broker, credentials: Mapping[str, str],
    start: dt.datetime, now: dt.datetime, *, speed: float = 1.0, hold_back: dt.timedelta = dt.timedelta(),
    progress: Callable[[Progress], None] | None = None, on_backfilled: Callable[[Report], None] | None = None,
    stop: threading.Event | None = None, stored: Callable[[], int] | None = None,
    max_message_bytes: int = MAX_MESSAGE_BYTES,
) -> None:  # fmt: skip
    """Back-fill [start, now - hold_back) at full speed, then live on at `speed` until `stop` is set.

    `hold_back` is the stretch that is lived through at `speed`: model time catches up with the wall clock and then
    keeps to it.
    """
    ended = stop if stop is not None else threading.Event()
    with Mouth(fleet, catalog, broker, credentials, max_message_bytes=max_message_bytes, stored=stored) as mouth:
        report = mouth.backfill(start, now - hold_back, progress, ended.is_set)
        if on_backfilled is not None:
            on_backfilled(report)
        mouth.live(ended.is_set, speed=speed)
