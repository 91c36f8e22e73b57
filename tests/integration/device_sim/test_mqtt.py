"""Simulated devices at a real broker: everything sent arrives, is what the contract says, and is counted right."""

from __future__ import annotations

import datetime as dt
import itertools
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

import catalog
from catalog.elements import Quality, State
from device_sim import Fleet, fleet
from device_sim.errors import BrokerLost, BrokerRefused, SimulationError
from device_sim.mqtt import Broker, Mouth, Progress, Report, run
from tests.integration.ingest.harness import WorkerProcess, scalar
from tests.platform_services import DeviceBroker, reachable_directory
from tests.waiting import poll
from vop.services.mosquitto import Mosquitto
from vop.services.ports import free_port
from wire import topics
from wire.broker import BrokerAddress
from wire.decode import decode

PRODUCTS = catalog.load()
NOW = dt.datetime.now(dt.UTC)
DAYS = 16


@pytest.fixture
def home() -> Fleet:
    """Eight devices, two of each product at least."""
    return fleet(PRODUCTS, 8, DAYS, seed=11, epoch=(NOW - dt.timedelta(days=DAYS)).date())


@pytest.fixture
def secrets(home: Fleet, broker: DeviceBroker) -> dict[str, str]:
    return broker.add_devices([device.device for device in home.devices])


def address(broker: DeviceBroker) -> Broker:
    return Broker(broker.host, broker.port)


@dataclass
class Heard:
    """Everything published, in the order it arrived."""

    client: Client
    messages: list[tuple[str, bytes, bool]] = field(default_factory=list)

    def of(self, channel: str) -> list[tuple[str, bytes]]:
        parsed = [(topics.parse(topic), payload) for topic, payload, _ in list(self.messages)]
        return [(topic.device, payload) for topic, payload in parsed if topic.channel == channel]

    def elements(self) -> list[tuple[str, dict[str, Any]]]:
        """(device, element) of all telemetry and events, arrays taken apart."""
        found = []
        for channel in ("telemetry", "event"):
            for device, payload in self.of(channel):
                document = orjson.loads(payload)
                found += [(device, element) for element in (document if isinstance(document, list) else [document])]
        return found


@contextmanager
def listening(broker: DeviceBroker) -> Iterator[Heard]:
    """A service that hears all devices."""
    where = BrokerAddress.parse(broker.service_url)
    client = Client(CallbackAPIVersion.VERSION2, client_id="listener", protocol=MQTTProtocolVersion.MQTTv5)
    client.username_pw_set(str(where.user), where.password)
    heard = Heard(client)
    subscribed = threading.Event()

    def subscribe(client: Client, *_: object) -> None:
        client.subscribe(topics.UP_FILTER, qos=1)

    client.on_connect = subscribe
    client.on_subscribe = lambda *_: subscribed.set()
    client.on_message = lambda _c, _d, message: heard.messages.append(
        (message.topic, bytes(message.payload), bool(message.retain))
    )
    client.connect(where.host, where.port)
    client.loop_start()
    try:
        assert subscribed.wait(10)
        yield heard
    finally:
        client.disconnect()
        client.loop_stop()


def everything(heard: Heard, report: Report) -> list[tuple[str, dict[str, Any]]]:
    """All elements of the back-fill, once they have arrived."""
    count = report.sent + report.again
    return poll(heard.elements, until=lambda elements: len(elements) >= count, what="the elements sent")


def backfilled(home: Fleet, broker: DeviceBroker, secrets: dict[str, str]) -> Report:
    with Mouth(home, PRODUCTS, address(broker), secrets) as mouth:
        return mouth.backfill(NOW - dt.timedelta(days=DAYS), NOW)


def test_everything_acknowledged_arrives_and_is_valid(
    home: Fleet, broker: DeviceBroker, secrets: dict[str, str]
) -> None:
    with listening(broker) as heard:
        report = backfilled(home, broker, secrets)
        assert report.acknowledged == report.sent > 8 * DAYS * 30
        sent = report.sent + report.again
        elements = poll(heard.elements, until=lambda all_: len(all_) >= sent, what="the elements sent")
        assert len(elements) == sent
        counts = Counter((device, e["boot"], e["seq"]) for device, e in elements)
        assert len(counts) == report.sent
        assert sum(counts.values()) - len(counts) == report.again > 0
        by_device = Counter(device for device, _, _ in counts)
        assert by_device == {device: tally.acknowledged for device, tally in report.devices.items()}
        products = {device.device: PRODUCTS[device.product] for device in home.devices}
        now_ms = int(time.time() * 1000)
        for channel in ("telemetry", "event", "state"):
            for device, payload in heard.of(channel):
                assert len(payload) <= 256 * 1024
                decoded = decode(channel, payload, products[device], arrived_at_ms=now_ms, oldest_ts_ms=now_ms - 10**11)
                assert not decoded.rejects
                for element in decoded.elements:
                    assert isinstance(element, State) or element.quality in (Quality.OK, Quality.CLOCK)
        known = {(d, json["boot"], json["seq"]): json for d, json in elements}
        assert len(known) == report.sent


def test_the_wire_is_disturbed(home: Fleet, broker: DeviceBroker, secrets: dict[str, str]) -> None:
    """Lost (gaps of seq), out of order, doubled, late, restarts with their predecessor, lost clocks."""
    with listening(broker) as heard:
        report = backfilled(home, broker, secrets)
        elements = poll(heard.elements, until=lambda all_: len(all_) >= report.sent + report.again)
    readings = [(d, e) for d, e in elements if "values" in e]
    missing = 0
    for device, boot in {(d, e["boot"]) for d, e in elements}:
        seen = {e["seq"] for d, e in elements if (d, e["boot"]) == (device, boot)}
        missing += max(seen) + 1 - len(seen)
    assert missing > 0
    order = {device: [e["seq"] for d, e in readings if d == device] for device in secrets}
    assert any(a > b for seqs in order.values() for a, b in itertools.pairwise(seqs) if b)
    assert any("prev" in e for _, e in elements)
    lost = [e for _, e in elements if "age_ms" in e]
    assert all(e["ts"] < 10**9 for e in lost)


def test_the_same_elements_again_when_it_runs_again(home: Fleet, broker: DeviceBroker, secrets: dict[str, str]) -> None:
    def identities(elements: list[tuple[str, dict[str, Any]]]) -> set[tuple[str, int, int, int]]:
        return {(device, e["ts"], e["boot"], e["seq"]) for device, e in elements}

    runs = []
    for _ in range(2):
        with listening(broker) as heard:
            report = backfilled(home, broker, secrets)
            runs.append(identities(everything(heard, report)))
    assert runs[0] == runs[1]


def test_a_broker_that_restarts_loses_nothing(home: Fleet) -> None:
    restarted = threading.Event()
    with reachable_directory("mqtt") as place, Mosquitto(place / "broker", device_port=free_port()) as server:
        secrets = DeviceBroker(server).add_devices([device.device for device in home.devices])

        def progress(now: Progress) -> None:
            if now.fraction > 0.3 and not restarted.is_set():
                restarted.set()
                server.stop()
                server.start()

        with Mouth(home, PRODUCTS, Broker(server.host, server.port), secrets) as mouth:
            report = mouth.backfill(NOW - dt.timedelta(days=DAYS), NOW, progress)
    assert restarted.is_set()
    assert report.acknowledged == report.sent


def test_a_wrong_secret_is_named(home: Fleet, broker: DeviceBroker, secrets: dict[str, str]) -> None:
    wrong = home.devices[3].device
    with (
        pytest.raises(BrokerRefused, match=wrong),
        Mouth(home, PRODUCTS, address(broker), secrets | {wrong: "not-its-secret"}) as mouth,
    ):
        mouth.backfill(NOW - dt.timedelta(days=DAYS), NOW)


def test_a_device_without_credentials_is_refused_at_once(
    home: Fleet, secrets: dict[str, str], broker: DeviceBroker
) -> None:
    del secrets[home.devices[0].device]
    with pytest.raises(SimulationError, match="no credentials"):
        Mouth(home, PRODUCTS, address(broker), secrets)


def test_a_broker_that_is_not_there_is_said_so(home: Fleet) -> None:
    nowhere = Broker("127.0.0.1", 1)
    with (
        pytest.raises(BrokerLost, match=r"127\.0\.0\.1:1"),
        Mouth(home, PRODUCTS, nowhere, {device.device: "x" for device in home.devices}) as mouth,
    ):
        mouth.backfill(NOW - dt.timedelta(days=1), NOW)


def test_live_catches_up_at_its_speed_and_says_goodbye(
    home: Fleet, broker: DeviceBroker, secrets: dict[str, str]
) -> None:
    """A day held back passes at 20,000 x in about four seconds; then each device is offline, retained."""
    stop = threading.Event()
    reports: list[Report] = []
    thread = threading.Thread(
        target=run,
        args=(home, PRODUCTS, address(broker), secrets, NOW - dt.timedelta(days=2), NOW),
        kwargs={
            "speed": 20_000.0, "hold_back": dt.timedelta(days=1), "stop": stop, "on_backfilled": reports.append,
        },
    )  # fmt: skip
    with listening(broker) as heard:
        thread.start()
        try:
            poll(lambda: reports, what="the back-fill")
            newest_ms = int(NOW.timestamp() * 1000) - 3_600_000
            before_ms = int((NOW - dt.timedelta(days=1)).timestamp() * 1000)
            poll(
                lambda: [e for _, e in heard.elements() if e["ts"] > newest_ms], 60.0, what="elements of the last hour"
            )
        finally:
            stop.set()
            thread.join(30)
        assert not thread.is_alive()
        lived = [e for _, e in heard.elements() if e["ts"] > before_ms + 60_000]
        assert len(lived) > 8 * 30
        assert max(e["ts"] for e in lived) <= time.time() * 1000 + 10_000

        def states() -> dict[str, list[dict[str, Any]]]:
            found: dict[str, list[dict[str, Any]]] = {}
            for device, payload in heard.of("state"):
                found.setdefault(device, []).append(orjson.loads(payload))
            return found

        last = poll(states, until=lambda s: len(s) == 8 and not any(state[-1]["online"] for state in s.values()))
        for said in last.values():
            assert said[0]["online"]
            assert said[0]["firmware"]
            assert (said[-1]["boot"], said[-1]["conn"]) >= (said[0]["boot"], said[0]["conn"])


def test_a_revoked_device_does_not_stop_the_others(
    home: Fleet, broker: DeviceBroker, secrets: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    """Live at 20,000 x: one device loses its account, the others keep publishing."""
    stop, revoked = threading.Event(), home.devices[0].device
    with listening(broker) as heard, Mouth(home, PRODUCTS, address(broker), secrets) as mouth:
        mouth.backfill(NOW - dt.timedelta(days=6), NOW - dt.timedelta(days=5))
        thread = threading.Thread(target=mouth.live, args=(stop.is_set,), kwargs={"speed": 20_000.0})
        thread.start()
        try:
            broker.remove_device(revoked)
            seen = len(heard.elements())
            poll(lambda: len(heard.elements()) > seen + 500, 60.0, what="elements of the other devices")
            poll(lambda: "no longer admits " + revoked in caplog.text, what="the warning")
        finally:
            stop.set()
            thread.join(30)
        assert not thread.is_alive()


@pytest.mark.slow
def test_the_platform_stores_all_of_it_once(
    home: Fleet, broker: DeviceBroker, secrets: dict[str, str], database: str, tmp_path: Path
) -> None:
    import psycopg

    with psycopg.connect(database) as conn:
        conn.cursor().executemany(
            "INSERT INTO devices (device, product) VALUES (%s, %s)",
            [(device.device, device.product) for device in home.devices],
        )
    query = " + ".join(f"(SELECT count(*) FROM {PRODUCTS[key].table})" for key in PRODUCTS)

    def stored() -> int:
        return int(str(scalar(database, f"SELECT (SELECT count(*) FROM events) + {query}")))

    with WorkerProcess(database, broker.service_url, tmp_path / "ingest.log") as worker:
        poll(lambda: scalar(database, "SELECT count(*) FROM ingest_slots WHERE worker IS NOT NULL"), what="a worker")
        report = backfilled(home, broker, secrets)
        poll(stored, 60.0, until=lambda count: count >= report.acknowledged, what="the elements stored")
        worker.stop()
    assert stored() == report.acknowledged == report.sent
    assert scalar(database, "SELECT count(*) FROM dead_letters") == 0
