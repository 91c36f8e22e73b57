"""A registered fleet, real workers as processes, and publishers that log what was acknowledged to them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import orjson
import psycopg
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from tests.platform_services import DeviceBroker
from tests.waiting import poll


def register(database: str, devices: Sequence[str], product: str = "robot_vacuum") -> None:
    """Put devices into the registry, without credentials: the test's broker has its own accounts."""
    with psycopg.connect(database) as conn:
        conn.cursor().executemany(
            "INSERT INTO devices (device, product) VALUES (%s, %s)", [(device, product) for device in devices]
        )


def reading(ts_ms: int, boot: int, seq: int, **values: float) -> bytes:
    """A native reading of a robot vacuum."""
    return orjson.dumps({"ts": ts_ms, "boot": boot, "seq": seq, "values": values or {"battery_pct": 50.0}})


@contextmanager
def publisher(broker: DeviceBroker, device: str, password: str, *, v5: bool = False) -> Iterator[Client]:
    """A connected device."""
    version = MQTTProtocolVersion.MQTTv5 if v5 else MQTTProtocolVersion.MQTTv311
    client = Client(CallbackAPIVersion.VERSION2, client_id=device, protocol=version)
    client.username_pw_set(device, password)
    client.max_inflight_messages_set(1000)
    client.connect(broker.host, broker.port)
    client.loop_start()
    try:
        poll(client.is_connected, what=f"device {device} connecting")
        yield client
    finally:
        client.disconnect()
        client.loop_stop()


def scalar(database: str, query: str, *parameters: object) -> object:
    """The one value of a query."""
    with psycopg.connect(database) as conn:
        row = conn.execute(query.encode(), parameters).fetchone()
        return row[0] if row else None


@dataclass
class WorkerProcess:
    """`vop ingest` as a process of its own."""

    database: str
    mqtt_url: str
    log: Path
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> WorkerProcess:
        """Start it; returns at once."""
        env = os.environ | {"VOP_DATABASE_URL": self.database, "VOP_MQTT_URL": self.mqtt_url} | self.environment
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "vop", "ingest"], env=env, stdout=log, stderr=log, start_new_session=True
            )
        return self

    def kill(self) -> None:
        """kill -9."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)

    def stop(self) -> int:
        """SIGTERM; returns the exit status."""
        assert self.process is not None
        self.process.terminate()
        return self.process.wait(20)

    def drain(self, slot: int) -> bool:
        """`vop ingest drain`; whether it was done: not when another worker has the slot."""
        env = os.environ | {"VOP_DATABASE_URL": self.database, "VOP_MQTT_URL": self.mqtt_url} | self.environment
        arguments = [sys.executable, "-m", "vop", "ingest", "drain", "--slot", str(slot)]
        done = subprocess.run(arguments, env=env, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0 or f"slot {slot} has a worker" in done.stderr, done.stderr
        return done.returncode == 0

    def __enter__(self) -> WorkerProcess:
        return self.start()

    def __exit__(self, *_: object) -> None:
        if self.process is not None and self.process.poll() is None:
            self.kill()
