"""Devices that send each of their messages up to three times, shuffled, and log what was acknowledged to them."""

from __future__ import annotations

import hashlib
import random
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import orjson
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

INFLIGHT = 100
DEAD_SHARE = 0.01
"""Share of the messages that can only become dead letters."""


@dataclass
class Plan:
    """What one device sends: payloads by number, and the order, repeats included."""

    device: str
    payloads: list[bytes]
    order: list[int]
    dead: set[int]

    @classmethod
    def make(cls, device: str, count: int, start_ms: int, source: random.Random) -> Plan:
        """`count` readings, one second apart, some of which are of a wrong type."""
        payloads, dead = [], set()
        for seq in range(count):
            value: object = round(source.uniform(0, 100), 1)
            if source.random() < DEAD_SHARE:
                dead.add(seq)
                value = f"not a number {seq}"
            payloads.append(
                orjson.dumps({"ts": start_ms + 1000 * seq, "boot": 1, "seq": seq, "values": {"battery_pct": value}})
            )
        order = [seq for seq in range(count) for _ in range(source.randint(1, 3))]
        source.shuffle(order)
        return cls(device, payloads, order, dead)

    def digest(self, seq: int) -> bytes:
        """How the dead-letter table knows the payload."""
        return hashlib.sha256(self.payloads[seq]).digest()


@dataclass
class Publisher:
    """One device on a connection of its own. It reconnects, and sends again what was not acknowledged."""

    plan: Plan
    host: str
    port: int
    password: str
    rate: float = 0.0
    """Messages a second; 0: as fast as acknowledgements come."""
    reconnect_s: int = 0
    """Least time between a lost connection and the next try; 0: a tenth of a second."""
    acknowledged: set[int] = field(default_factory=set)
    handed_over: int = 0
    done: threading.Event = field(default_factory=threading.Event)

    def start(self) -> Publisher:
        """Send in the background."""
        self._by_mid: dict[int, int] = {}
        self._early: set[int] = set()
        self._lock = threading.Lock()
        self._room = threading.Semaphore(INFLIGHT)
        self._client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=self.plan.device,
            protocol=MQTTProtocolVersion.MQTTv311,
            clean_session=False,
        )
        self._client.username_pw_set(self.plan.device, self.password)
        self._client.max_inflight_messages_set(INFLIGHT)
        self._client.reconnect_delay_set(self.reconnect_s or 0.1, self.reconnect_s + 1)  # type: ignore[arg-type]
        self._client.on_publish = self._acknowledged
        self._client.connect(self.host, self.port)
        self._client.loop_start()
        threading.Thread(target=self._send, name=self.plan.device, daemon=True).start()
        return self

    def _send(self) -> None:
        topic = f"vop/v1/{self.plan.device}/up/telemetry"
        started = time.monotonic()
        for number, seq in enumerate(self.plan.order):
            if self.rate:
                time.sleep(max(0.0, started + number / self.rate - time.monotonic()))
            self._room.acquire()
            mid = self._client.publish(topic, self.plan.payloads[seq], qos=1).mid
            with self._lock:
                self._by_mid[mid] = seq
                self._settle(mid)
            self.handed_over += 1
        for _ in range(INFLIGHT):
            self._room.acquire()
        self.done.set()

    def _acknowledged(self, _client: Client, _data: object, mid: int, *_: object) -> None:
        with self._lock:
            self._early.add(mid)
            self._settle(mid)

    def _settle(self, mid: int) -> None:
        """Count an acknowledgement once it is known whose it is: it may overtake `publish` returning."""
        if mid in self._early and mid in self._by_mid:
            self._early.remove(mid)
            self.acknowledged.add(self._by_mid.pop(mid))
            self._room.release()

    def stop(self) -> None:
        """Disconnect."""
        self._client.disconnect()
        self._client.loop_stop()


def progress(publishers: Sequence[Publisher]) -> float:
    """Share of all messages, repeats included, that were handed to the client library."""
    total = sum(len(p.plan.order) for p in publishers)
    return sum(p.handed_over for p in publishers) / total
