"""The simulated fleet's history in a database, as if it had arrived live: every disturbance, its lag, its order.

Each element is a message of its own that arrived when its link let it through; all devices come mixed, week by week.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from catalog.model import Product
from device_sim.fleet import Fleet
from device_sim.link import Sending
from device_sim.model.body import WEEK_DAYS
from device_sim.mqtt.packing import encode
from device_sim.mqtt.replay import streams
from store.database import Connection
from store.intake import Arrival, Intake
from wire.decode import decode

BATCH = 2_000
"""Elements a transaction."""
DAY_MS = 86_400_000


@dataclass
class Taken:
    """What the intake made of the fleet's elements."""

    sent: int = 0
    stored: int = 0
    duplicates: int = 0
    rejected: int = 0


def arrivals(fleet: Fleet, catalog: dict[str, Product], ids: dict[str, int]) -> Iterator[Arrival]:
    """Every element of the fleet's days, in order of arrival within each week."""
    waiting = streams(fleet, catalog, 0.0)
    products = {device.device: catalog[device.product] for device in fleet.devices}
    for week in range(math.ceil(fleet.days / WEEK_DAYS)):
        until = min((week + 1) * WEEK_DAYS, fleet.days)
        due = [(sending, device) for device, stream in waiting.items() for sending in stream.until(until)]
        for sending, device in sorted(due, key=lambda pair: pair[0].due):
            yield _arrival(sending, device, products[device], fleet.epoch_ms, ids[device])


def _arrival(sending: Sending, device: str, product: Product, epoch_ms: int, device_id: int) -> Arrival:
    at_ms = epoch_ms + round(sending.due * DAY_MS)
    payload = encode(sending, epoch_ms=epoch_ms, now_ms=at_ms)
    channel = "event" if sending.element.event else "telemetry"
    elements, rejects = decode(channel, payload, product, arrived_at_ms=at_ms, oldest_ts_ms=epoch_ms - DAY_MS)
    topic = f"vop/v1/{device}/up/{channel}"
    return Arrival(topic, payload, at_ms, device_id, product.key, elements, rejects)


def fill(
    conn: Connection, fleet: Fleet, catalog: dict[str, Product], progress: Callable[[int], None] = lambda _sent: None
) -> Taken:
    """Register the fleet and take in its whole history; `progress` is told how many elements are done."""
    ids: dict[str, int] = {}
    for device in fleet.devices:
        row = conn.execute(
            "INSERT INTO devices (device, product) VALUES (%s, %s) RETURNING device_id", (device.device, device.product)
        ).fetchone()
        ids[device.device] = row[0] if row else 0
    conn.commit()
    intake, taken = Intake(catalog), Taken()
    coming = arrivals(fleet, catalog, ids)
    while batch := list(islice(coming, BATCH)):
        outcome = intake.write(conn, batch)
        taken.sent += len(batch)
        taken.stored += outcome.stored
        taken.duplicates += outcome.duplicates
        taken.rejected += len(outcome.rejects)
        progress(taken.sent)
    return taken
