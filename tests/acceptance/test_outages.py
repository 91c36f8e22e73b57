"""The platform under load while the database or the broker is away: it goes on, keeps its size, and loses nothing."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from tests.acceptance.stage import Platform, now_ms
from tests.waiting import poll

log = logging.getLogger(__name__)

MIB_IN_KIB = 1024
AWAY_S = 20.0
GROWTH_MIB = 64
"""The worker holds 32 MiB of payload at most, and what Python and paho need to hold it."""


class Load:
    """Devices that send all the time, each numbering its readings, and wait for every acknowledgement in the end."""

    def __init__(self, platform: Platform, secrets: Mapping[str, str], pause_s: float, padding_bytes: int) -> None:
        self._platform = platform
        self._pause_s = pause_s
        self._padding = "x" * padding_bytes
        self._stopping = threading.Event()
        self._acknowledged = dict.fromkeys(secrets, 0)
        self._clients = {name: self._connect(name, secret) for name, secret in secrets.items()}
        self.sent = dict.fromkeys(secrets, 0)
        """Messages by device."""
        self._threads = [threading.Thread(target=self._send, args=(name,), name=name) for name in secrets]

    def _connect(self, name: str, secret: str) -> Client:
        # A session that lasts: what is unacknowledged when the connection breaks is sent again.
        client = Client(CallbackAPIVersion.VERSION2, client_id=name, clean_session=False)
        client.username_pw_set(name, secret)
        client.on_publish = partial(self._on_publish, name)
        client.max_inflight_messages_set(100)
        client.reconnect_delay_set(1, 2)
        client.connect(self._platform.broker.host, self._platform.broker.port)
        client.loop_start()
        return client

    def _send(self, name: str) -> None:
        client, start = self._clients[name], now_ms() - 7_200_000
        while not self._stopping.wait(self._pause_s):
            seq = self.sent[name]
            values = {"battery_pct": 50, "note": self._padding}
            message = {"ts": start + seq, "boot": 1, "seq": seq, "values": values}
            client.publish(f"vop/v1/{name}/up/telemetry", json.dumps(message), qos=1)  # kept while not connected
            self.sent[name] += 1

    def _on_publish(self, name: str, *_: object) -> None:
        self._acknowledged[name] += 1

    @property
    def unacknowledged(self) -> int:
        """Messages of which the broker has said nothing yet."""
        return sum(self.sent.values()) - sum(self._acknowledged.values())

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def finish(self) -> None:
        """Send nothing more, and wait until everything sent is acknowledged."""
        self._stopping.set()
        for thread in self._threads:
            thread.join()
        poll(lambda: self.unacknowledged, 90, until=lambda n: n == 0, what="the last acknowledgements")

    def end(self) -> None:
        """Disconnect, whatever is still to come."""
        self._stopping.set()
        for thread in self._threads:
            if thread.is_alive():
                thread.join()
        for client in self._clients.values():
            client.disconnect()
            client.loop_stop()


@contextmanager
def load(platform: Platform, names: list[str], *, pause_s: float, padding_bytes: int = 0) -> Iterator[Load]:
    sending = Load(platform, platform.devices(names), pause_s, padding_bytes)
    try:
        sending.start()
        poll(lambda: min(sending.sent.values()) > 20, what="every device sending")
        yield sending
    finally:
        sending.end()


def expect_all(platform: Platform, sent: Mapping[str, int], within_s: float) -> None:
    """Every reading once, none refused, no number missing."""
    poll(lambda: {name: platform.count(name) for name in sent}, within_s, until=lambda n: n == sent, what="all stored")
    for name in sent:
        gaps = platform.get("sam", f"/devices/{name}/gaps")
        assert (gaps["lost_count"], gaps["seq_reused"]) == (0, 0)
        assert platform.letters(name) == []


def test_a_broker_that_restarts_loses_nothing_of_a_fleet_that_goes_on_sending(platform: Platform) -> None:
    with load(platform, ["restart-1", "restart-2"], pause_s=0.005) as fleet:
        platform.broker.stop()
        before = sum(fleet.sent.values())
        poll(lambda: sum(fleet.sent.values()) > before + 100, what="devices going on without a broker")
        platform.broker.start()
        before = sum(fleet.sent.values())
        poll(lambda: sum(fleet.sent.values()) > before + 100, what="devices going on with it")
        fleet.finish()
        expect_all(platform, fleet.sent, 60)
    assert platform.ingest.alive


@pytest.mark.faults
@pytest.mark.timeout(300)
def test_a_database_away_under_load_costs_neither_messages_nor_memory(platform: Platform) -> None:
    on_linux = Path("/proc/self/status").exists()
    sizes = [0]
    with load(platform, [f"outage-{n}" for n in range(4)], pause_s=0.004, padding_bytes=3500) as fleet:
        worker = platform.ingest.pid
        poll(lambda: sum(fleet.sent.values()) > 400, what="the worker warm")
        before = platform.ingest.rss_kib() if on_linux else 0
        with platform.database_stopped():
            until = time.monotonic() + AWAY_S

            def is_over() -> bool:
                assert platform.ingest.alive, platform.ingest.said()
                sizes.append(platform.ingest.rss_kib() - before if on_linux else 0)
                return time.monotonic() >= until

            poll(is_over, AWAY_S + 60, what="the outage")
            sent = sum(fleet.sent.values())
        after = platform.ingest.rss_kib() - before if on_linux else 0
        fleet.finish()
        expect_all(platform, fleet.sent, 120)
    log.info("%d messages, %d MiB more at most", sum(fleet.sent.values()), max(*sizes, after) // MIB_IN_KIB)
    assert sent > 5_000, "a load worth the name"
    assert platform.ingest.pid == worker
    assert max(*sizes, after) < GROWTH_MIB * MIB_IN_KIB, (
        f"KiB above {before}: {sizes[:: len(sizes) // 20 or 1]}, {after}"
    )
