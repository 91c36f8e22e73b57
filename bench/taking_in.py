"""Two ways of a fleet's messages into the platform: through broker and ingest, or straight through the intake."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from datetime import time as clock
from itertools import islice
from pathlib import Path
from typing import Any

import psycopg

from bench import stage
from bench.verdict_world import World
from catalog.model import Product
from device_sim.link import Sending
from device_sim.mqtt import Broker
from device_sim.mqtt.connection import Connection as Link
from device_sim.mqtt.packing import Message, pack
from device_sim.mqtt.pool import Pool
from store import devices, regimens
from store.database import Connection
from store.intake import Arrival, Intake
from store.regimens import Dose, Regimen
from store.usage import Window
from vop.demo import registry
from vop.demo.memory import Secrets
from vop.demo.prescriptions import prescriptions
from wire.decode import decode
from wire.limits import MAX_MESSAGE_BYTES

AT_ONCE = 400
"""Elements that come together."""
DAY_MS = 86_400_000
Advance = Callable[[float], None]


def register(conn: Connection, world: World) -> dict[str, str]:
    """Customers and devices as the demo registers them, every second dispenser with a regimen; all passwords."""
    with conn.transaction():
        _, accounts = registry.populate(conn, world.fleet, world.epoch, Secrets())
        for device, said in islice(prescriptions(world.fleet), 0, None, 2):
            _prescribe(conn, devices.get(conn, device).device_id, said["items"][0])
    return {account.device: account.password for account in accounts}


def _prescribe(conn: Connection, device_id: int, said: Mapping[str, Any]) -> None:
    since = datetime.fromisoformat(said["from"])
    doses = tuple(Dose(clock.fromisoformat(dose["at"]), dose["count"], None) for dose in said["doses"])
    held = Window(since, datetime.max.replace(tzinfo=UTC))
    regimens.replace(conn, device_id, [Regimen(since, None, doses)], [held], by="system:bench", now=since)


def through_intake(conn: Connection, world: World, advance: Advance) -> int:
    """As if each message had arrived when its link let it through; returns the elements sent."""
    ids = dict(conn.execute("SELECT device, device_id FROM devices").fetchall())
    intake, sent = Intake(dict(world.products)), 0
    for number, (device, product, sendings) in enumerate(world.sent()):
        for some in _some(sendings):
            sent += len(some)
            at_ms = world.fleet.epoch_ms + round(some[-1].due * DAY_MS)
            messages = pack(some, epoch_ms=world.fleet.epoch_ms, now_ms=at_ms)
            arrivals = [_arrival(m, device, ids[device], product, at_ms, world) for m in messages]
            outcome = intake.write(conn, arrivals)
            if outcome.rejects:
                raise RuntimeError(f"{device}: {outcome.rejects[0]}")
        advance((number + 1) / len(world.fleet.devices))
    return sent


def _arrival(message: Message, device: str, device_id: int, product: Product, at_ms: int, world: World) -> Arrival:
    oldest_ms = world.fleet.epoch_ms - DAY_MS
    read = decode(message.channel, message.payload, product, arrived_at_ms=at_ms, oldest_ts_ms=oldest_ms)
    topic = f"vop/v1/{device}/up/{message.channel}"
    return Arrival(topic, message.payload, at_ms, device_id, product.key, read.elements, read.rejects)


def through_mqtt(url: str, world: World, passwords: dict[str, str], place: Path, advance: Advance) -> int:
    """Every device publishes on a connection of its own, and ingest takes in; returns the elements sent.

    Raises RuntimeError when less is stored than was acknowledged.
    """
    with stage.platform(1, place, url) as running:
        stage.give_accounts(running.broker, passwords)
        broker = Broker(running.broker.host, running.broker.port)
        links = {
            name: Link(name, secret, broker, version=5 if n % 2 else 4, boot=0, conn=1)
            for n, (name, secret) in enumerate(passwords.items())
        }
        expected = 0
        with Pool(links) as pool:
            pool.connect()
            for number, (device, _, sendings) in enumerate(world.sent()):
                expected += len({(s.element.body["boot"], s.element.body["seq"]) for s in sendings})
                now_ms = int(time.time() * 1000)
                for some in _some(sendings):
                    for message in pack(
                        some, epoch_ms=world.fleet.epoch_ms, now_ms=now_ms, max_bytes=MAX_MESSAGE_BYTES
                    ):
                        pool.publish(device, message)
                advance((number + 1) / len(world.fleet.devices))
            pool.drain()
            sent = sum(tally.sent + tally.again for tally in pool.tallies.values())
        stage.until(lambda: _stored(url) >= expected, f"storing {expected:,} elements")
    return sent


def _stored(url: str) -> int:
    with psycopg.connect(url) as conn:
        row = conn.execute("SELECT coalesce(sum(last_seq - first_seq + 1), 0)::bigint FROM runs").fetchone()
        return int(row[0]) if row else 0


def _some(sendings: Sequence[Sending]) -> Iterator[Sequence[Sending]]:
    return (sendings[at : at + AT_ONCE] for at in range(0, len(sendings), AT_ONCE))
