"""One device beside the load whose messages are timed from publish to visible in a query."""

from __future__ import annotations

import threading
import time

import psycopg

from bench import packets
from bench.load import Devices, reading

INTERVAL_S = 0.02
PATIENCE_S = 60.0


class Probe:
    """Publishes 50 readings a second until `stop`; looks for them whenever a batch was stored."""

    def __init__(self, url: str, devices: Devices, device: str) -> None:
        self._url = url
        self._devices = devices
        self._device = device
        self._sent_at: dict[int, float] = {}
        self._seen_at: dict[int, float] = {}
        self._first_ms = time.time_ns() // 1_000_000
        self._stopping = threading.Event()
        self._complete = threading.Event()
        self._looking = threading.Event()
        self._threads = [threading.Thread(target=work, daemon=True) for work in (self._look, self._send)]

    def start(self) -> None:
        """Begin to publish, once it is looking."""
        self._threads[0].start()
        self._looking.wait(PATIENCE_S)
        self._threads[1].start()

    def stop(self) -> list[float]:
        """Publish no more, wait until all are seen, and return the latencies in ms, in order of publishing."""
        self._stopping.set()
        self._threads[1].join()
        self._complete.wait(PATIENCE_S)
        return [1000 * (self._seen_at[seq] - at) for seq, at in self._sent_at.items() if seq in self._seen_at]

    @property
    def sent(self) -> int:
        """How many were published."""
        return len(self._sent_at)

    def _send(self) -> None:
        link = packets.opened(
            self._devices.host, self._devices.port, self._device, self._device, self._devices.passwords[self._device]
        )
        topic, seq = f"vop/v1/{self._device}/up/telemetry", 0
        while not self._stopping.wait(INTERVAL_S):
            packet = packets.publish(topic, 1 + seq % 65_535, reading(self._first_ms + seq, seq))
            self._sent_at[seq] = time.perf_counter()
            link.sendall(packet)
            link.recv(packets.PUBACK_BYTES)
            seq += 1
        link.close()

    def _look(self) -> None:
        query = """SELECT t.seq FROM telemetry_robot_vacuum t JOIN devices d USING (device_id)
                   WHERE d.device = %s AND t.ts >= to_timestamp(%s) AND t.seq > %s"""
        last = -1
        with psycopg.connect(self._url, autocommit=True) as conn:
            conn.execute("LISTEN ingested")
            self._looking.set()
            while not (self._stopping.is_set() and len(self._seen_at) == len(self._sent_at)):
                for _ in conn.notifies(timeout=0.5, stop_after=1):
                    pass
                since = (self._first_ms + last) / 1000
                found = [row[0] for row in conn.execute(query, (self._device, since, last))]
                now = time.perf_counter()
                self._seen_at.update((seq, now) for seq in found if seq in self._sent_at)
                last = max([last, *found])
        self._complete.set()
