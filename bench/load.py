"""A fleet's messages as bytes, and the process that sends them as fast as asked or as acknowledged."""

from __future__ import annotations

import multiprocessing
import selectors
import time
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection

import orjson

from bench import packets

WINDOW = 200
"""Unacknowledged messages a device."""
TICK_S = 0.002


@dataclass(frozen=True)
class Devices:
    """Where the fleet connects, and its accounts."""

    host: str
    port: int
    passwords: dict[str, str]


def reading(ts_ms: int, seq: int) -> bytes:
    """One reading of a robot vacuum with eight signals, about 190 bytes."""
    values = {
        "battery_pct": 50 + seq % 100 / 2,
        "battery_temperature_cel": 25 + seq % 20 / 2,
        "brush_current_a": 0.4 + seq % 13 / 100,
        "brush_speed_rpm": 900 + seq % 50,
        "wheel_current_a": 0.2 + seq % 11 / 100,
        "fan_speed_rpm": 9000 + seq % 500,
        "suction_pa": 1500 + seq % 90,
        "lidar_missing_pct": seq % 5,
    }
    return orjson.dumps({"ts": ts_ms, "boot": 1, "seq": seq, "values": values})


def prepared(device: str, count: int, first_ts_ms: int, first_seq: int = 0) -> list[bytes]:
    """PUBLISH packets of `count` readings, 1 s apart."""
    topic = f"vop/v1/{device}/up/telemetry"
    return [
        packets.publish(topic, 1 + (first_seq + n) % 65_535, reading(first_ts_ms + 1000 * n, first_seq + n))
        for n in range(count)
    ]


@dataclass
class _Link:
    queue: Sequence[bytes]
    sent: int = 0
    acknowledged: int = 0


def send(devices: Devices, work: dict[str, list[bytes]], rate: float, tell: Connection) -> None:
    """Send everything; `rate` messages a second in all, 0 for as fast as acknowledgements come.

    Sends (first, last) times in seconds since the epoch through `tell`: of the first packet and the last PUBACK.
    """
    selector = selectors.DefaultSelector()
    links = []
    for device, queue in work.items():
        sock = packets.opened(devices.host, devices.port, device, device, devices.passwords[device])
        sock.setblocking(True)
        link = _Link(queue)
        links.append((sock, link))
        selector.register(sock, selectors.EVENT_READ, link)
    tell.send("connected")
    tell.recv()
    started = time.time()
    total, acknowledged = sum(len(q) for q in work.values()), 0
    while acknowledged < total:
        allowed = total if not rate else int((time.time() - started) * rate / len(links)) + 1
        for sock, link in links:
            upto = min(len(link.queue), link.acknowledged + WINDOW, allowed)
            if upto > link.sent:
                sock.sendall(b"".join(link.queue[link.sent : upto]))
                link.sent = upto
        for key, _ in selector.select(TICK_S):
            # Whole PUBACKs of four bytes; a broken one is read with the rest next time.
            data = key.fileobj.recv(65_536)  # type: ignore[union-attr]
            while len(data) % packets.PUBACK_BYTES:
                data += key.fileobj.recv(packets.PUBACK_BYTES - len(data) % packets.PUBACK_BYTES)  # type: ignore[union-attr]
            key.data.acknowledged += len(data) // packets.PUBACK_BYTES
            acknowledged += len(data) // packets.PUBACK_BYTES
    tell.send((started, time.time()))
    for sock, _ in links:
        sock.close()


class Publisher:
    """`send` in a process of its own, connected and waiting for `start`."""

    def __init__(self, devices: Devices, work: dict[str, list[bytes]], rate: float = 0.0) -> None:
        context = multiprocessing.get_context("fork")
        self._ours, theirs = context.Pipe()
        self._process = context.Process(target=send, args=(devices, work, rate, theirs), daemon=True)
        self._process.start()
        theirs.close()
        self._ours.recv()

    def start(self) -> None:
        """Let it send."""
        self._ours.send("go")

    def times(self) -> tuple[float, float]:
        """When the first packet left and the last acknowledgement came; waits for it."""
        found: tuple[float, float] = self._ours.recv()
        self._process.join()
        return found
