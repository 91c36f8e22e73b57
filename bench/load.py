"""A fleet's messages as bytes, and the process that sends them as fast as asked or as acknowledged."""

from __future__ import annotations

import multiprocessing
import selectors
import socket
import time
from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import NamedTuple

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


class Stretch(NamedTuple):
    """Readings of one device, a second of its own time apart."""

    messages: int
    first_ts_ms: int
    first_seq: int = 0


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


class Packets:
    """PUBLISH packets one after another in one piece of memory: millions as single objects would cost twice as much."""

    def __init__(self, device: str, stretch: Stretch) -> None:
        topic = f"vop/v1/{device}/up/telemetry"
        data, ends = bytearray(), array("Q", [0])
        for seq in range(stretch.first_seq, stretch.first_seq + stretch.messages):
            ts_ms = stretch.first_ts_ms + 1000 * (seq - stretch.first_seq)
            data += packets.publish(topic, 1 + seq % 65_535, reading(ts_ms, seq))
            ends.append(len(data))
        self._data, self._ends = memoryview(data), ends

    def __len__(self) -> int:
        return len(self._ends) - 1

    def between(self, first: int, last: int) -> memoryview:
        """The bytes of packets `[first, last)`."""
        return self._data[self._ends[first] : self._ends[last]]


@dataclass
class _Link:
    packets: Packets
    sent: int = 0
    acknowledged: int = 0


def send(devices: Devices, work: Mapping[str, Stretch], rate: float, tell: Connection) -> None:
    """Send everything; `rate` messages a second in all, 0 for as fast as acknowledgements come.

    Sends (first, last) times in seconds since the epoch through `tell`: of the first packet and the last PUBACK.
    """
    selector = selectors.DefaultSelector()
    links: list[tuple[socket.socket, _Link]] = []
    for device, stretch in work.items():
        link = _Link(Packets(device, stretch))
        sock = packets.opened(devices.host, devices.port, device, device, devices.passwords[device])
        sock.setblocking(True)
        links.append((sock, link))
        selector.register(sock, selectors.EVENT_READ, (sock, link))
    tell.send("connected")
    tell.recv()
    started = time.time()
    total, acknowledged = sum(len(link.packets) for _, link in links), 0
    while acknowledged < total:
        allowed = total if not rate else int((time.time() - started) * rate / len(links)) + 1
        for sock, link in links:
            upto = min(len(link.packets), link.acknowledged + WINDOW, allowed)
            if upto > link.sent:
                sock.sendall(link.packets.between(link.sent, upto))
                link.sent = upto
        for key, _ in selector.select(TICK_S):
            sock, link = key.data
            # Whole PUBACKs of four bytes; a broken one is read with the rest next time.
            data = sock.recv(65_536)
            while len(data) % packets.PUBACK_BYTES:
                data += sock.recv(packets.PUBACK_BYTES - len(data) % packets.PUBACK_BYTES)
            link.acknowledged += len(data) // packets.PUBACK_BYTES
            acknowledged += len(data) // packets.PUBACK_BYTES
    tell.send((started, time.time()))
    for sock, _ in links:
        sock.close()


class Publisher:
    """`send` in a process of its own, its packets made and connected, waiting for `start`."""

    def __init__(self, devices: Devices, work: Mapping[str, Stretch], rate: float = 0.0) -> None:
        context = multiprocessing.get_context("fork")
        self._ours, theirs = context.Pipe()
        self._process = context.Process(target=send, args=(devices, work, rate, theirs), daemon=True)
        self._process.start()
        theirs.close()
        self._ours.recv()

    def start(self) -> None:
        """Let it send."""
        self._ours.send("go")

    @property
    def is_done(self) -> bool:
        """Whether every message has been acknowledged."""
        return self._ours.poll()

    def times(self) -> tuple[float, float]:
        """When the first packet left and the last acknowledgement came; waits for it."""
        found: tuple[float, float] = self._ours.recv()
        self._process.join()
        return found
