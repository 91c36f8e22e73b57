"""Devices that cost little: one thread, MQTT 3.1.1 packets by hand, and a book of what was acknowledged to each.

A device sends its messages at QoS 1 with a window of unacknowledged ones, connects again when the connection breaks,
and sends again what was not acknowledged. What it holds is one range of numbers, not the messages.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import logging
import random
import selectors
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from bench import packets
from tests.faults.ranges import Ranges
from tests.waiting import poll

log = logging.getLogger(__name__)

TICK_S = 0.004
RECV_BYTES = 65_536
ANSWER_BYTES = 4
"""CONNACK and PUBACK of MQTT 3.1.1 alike."""
CONNACK_WITHIN_S = 20.0
DUPLICATE = 0x08
LAST_PACKET_ID = 65_535

Payload = Callable[[int], bytes]


def reading(start_ms: int, boot: int = 1) -> Payload:
    """Small readings a second apart, numbered from 0."""

    def make(seq: int) -> bytes:
        return b'{"ts":%d,"boot":%d,"seq":%d,"values":{"battery_pct":%d}}' % (
            start_ms + 1000 * seq, boot, seq, seq % 100,
        )  # fmt: skip

    return make


@dataclass(frozen=True)
class Plan:
    """What one device sends: `payload(seq)` for each number of `order`, or for 0, 1, ... up to `count`."""

    device: str
    count: int
    payload: Payload
    boot: int = 1
    order: Sequence[int] = ()
    """Repeats and all; empty: ascending."""
    dead: frozenset[int] = frozenset()
    """Numbers of messages that can only become dead letters."""
    channel: str = "telemetry"
    topic_at: Callable[[int], str] | None = None
    """Where a number is published, if not on the channel."""

    def topic(self, seq: int) -> str:
        """Where it publishes a number."""
        return self.topic_at(seq) if self.topic_at else f"vop/v1/{self.device}/up/{self.channel}"

    def digest(self, seq: int) -> bytes:
        """How the dead-letter table knows a payload."""
        return hashlib.sha256(self.payload(seq)).digest()


@dataclass
class Line:
    """One device, its connection and its book."""

    plan: Plan
    password: str
    limit: int
    """Places of the order that are to be sent."""
    sent: Ranges = field(default_factory=Ranges)
    acknowledged: Ranges = field(default_factory=Ranges)
    published: int = 0
    connects: int = 0
    place: int = 0
    link: socket.socket | None = None
    is_up: bool = False
    deadline: float = 0.0
    """Of the answer to CONNECT, or before which no connection is tried."""
    packet_id: int = 0
    waiting: dict[int, int] = field(default_factory=dict)
    """Packet identifier -> number, in the order sent."""
    again: deque[int] = field(default_factory=deque)
    unsent: bytes = b""
    heard: bytes = b""

    @property
    def is_done(self) -> bool:
        """Whether everything is acknowledged."""
        return self.place >= self.limit and not self.waiting and not self.again

    def number(self, place: int) -> int:
        """What comes at a place of the order."""
        return self.plan.order[place] if self.plan.order else place


class Fleet:
    """Sends the plans from a thread until every message is acknowledged, or until `close`."""

    def __init__(
        self,
        host: str,
        port: int,
        passwords: Mapping[str, str],
        plans: Sequence[Plan],
        *,
        rate: float = 0.0,
        window: int = 100,
        reconnect_s: tuple[float, float] = (0.05, 0.2),
        stays: bool = False,
        seed: int = 1,
    ) -> None:
        """`rate` is messages a second of the whole fleet, 0 for as fast as acknowledgements come.

        With `stays` a device connects again also when it has nothing more to say.
        """
        self._stays = stays
        self.lines = [Line(p, passwords[p.device], len(p.order) or p.count) for p in plans]
        self._address = (host, port)
        self._rate = rate
        self._window = window
        self._reconnect_s = reconnect_s
        self._random = random.Random(seed)
        self._selector = selectors.DefaultSelector()
        self._closing = threading.Event()
        self._failure: BaseException | None = None
        self.cpu_s = 0.0
        """What the thread has computed so far."""
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="fleet", daemon=True)

    # ---- from outside

    def start(self) -> Self:
        """Begin to send."""
        self._thread.start()
        return self

    @property
    def sent(self) -> int:
        """Messages of their own number that were sent at least once."""
        return self._sum(lambda line: len(line.sent))

    @property
    def acknowledged(self) -> int:
        """Messages of their own number that were acknowledged."""
        return self._sum(lambda line: len(line.acknowledged))

    @property
    def connected(self) -> int:
        """Devices the broker has let in."""
        return self._sum(lambda line: line.is_up)

    @property
    def connects(self) -> int:
        """Connections the broker has ever accepted."""
        return self._sum(lambda line: line.connects)

    def _sum(self, figure: Callable[[Line], int]) -> int:
        with self._lock:
            self._check()
            return sum(map(figure, self.lines))

    def _check(self) -> None:
        if self._failure is not None:
            raise AssertionError("the fleet's thread has died") from self._failure

    def wait_sent(self, count: int, timeout_s: float = 120.0) -> None:
        """Until so many different messages have been sent."""
        poll(lambda: self.sent, timeout_s, until=lambda n: n >= count, what=f"{count} messages sent")

    def wait_more(self, count: int, timeout_s: float = 120.0) -> None:
        """Until so many more messages than now have been acknowledged."""
        self.wait_acknowledged(self.acknowledged + count, timeout_s)

    def wait_acknowledged(self, count: int, timeout_s: float = 120.0) -> None:
        """Until so many different messages have been acknowledged."""
        poll(lambda: self.acknowledged, timeout_s, until=lambda n: n >= count, what=f"{count} acknowledged")

    def finish(self, timeout_s: float = 300.0) -> None:
        """Until everything has been acknowledged."""
        poll(
            lambda: self._sum(lambda line: not line.is_done),
            timeout_s,
            until=lambda n: n == 0,
            what="devices with something unacknowledged",
        )

    def stop_sending(self) -> None:
        """Send nothing new; what was sent is still sent again until it is acknowledged."""
        with self._lock:
            for line in self.lines:
                line.limit = min(line.limit, line.place)

    def extend(self, count: int) -> None:
        """`count` more messages of every device whose order is ascending."""
        with self._lock:
            for line in self.lines:
                line.limit += count

    def close(self) -> None:
        """Break every connection and end the thread."""
        self._closing.set()
        if self._thread.is_alive():
            self._thread.join(10)
        for line in self.lines:
            if line.link is not None:
                line.link.close()
        self._selector.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self.close()

    # ---- the thread

    def _run(self) -> None:
        try:
            self._send()
        except BaseException as error:  # told to whoever asks for the books next
            self._failure = error
            log.exception("the fleet stops")

    def _send(self) -> None:
        started = time.monotonic()
        while not self._closing.is_set():
            now = time.monotonic()
            share = (now - started) * self._rate / len(self.lines) + 1 if self._rate else float("inf")
            with self._lock:
                for line in self.lines:
                    self._serve(line, now, share)
            ready = self._selector.select(TICK_S)
            with self._lock:
                for key, _ in ready:
                    self._listen(key.data)
            self.cpu_s = time.thread_time()

    def _serve(self, line: Line, now: float, share: float) -> None:
        if line.link is None:
            if now >= line.deadline and (self._stays or not line.is_done):
                self._connect(line, now)
            return
        if not line.is_up and now >= line.deadline:
            self._lose(line)
            return
        data = line.unsent
        if line.is_up and len(data) < RECV_BYTES:
            data += self._packets(line, share)
        if not data:
            return
        try:
            taken = line.link.send(data)
        except BlockingIOError:
            taken = 0
        except OSError:
            self._lose(line)
            return
        line.unsent = data[taken:]

    def _packets(self, line: Line, share: float) -> bytes:
        made = []
        while len(line.waiting) < self._window:
            if line.again:
                number, flag = line.again.popleft(), DUPLICATE
            elif line.place < min(line.limit, share):
                number, flag = line.number(line.place), 0
                line.place += 1
            else:
                break
            line.packet_id = line.packet_id % LAST_PACKET_ID + 1
            packet = packets.publish(line.plan.topic(number), line.packet_id, line.plan.payload(number))
            made.append(bytes([packet[0] | flag]) + packet[1:] if flag else packet)
            line.waiting[line.packet_id] = number
            line.sent.add(number)
            line.published += 1
        return b"".join(made)

    def _connect(self, line: Line, now: float) -> None:
        name = line.plan.device
        line.link = socket.socket()
        line.link.setblocking(False)
        line.link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if line.link.connect_ex(self._address) not in (0, errno.EINPROGRESS):
            self._lose(line)
            return
        line.unsent = packets.connect(name, name, line.password)  # leaves once the connection stands
        line.deadline = now + CONNACK_WITHIN_S
        self._selector.register(line.link, selectors.EVENT_READ, line)

    def _listen(self, line: Line) -> None:
        if line.link is None:
            return
        try:
            said = line.link.recv(RECV_BYTES)
        except BlockingIOError:
            return
        except OSError:
            said = b""
        if not said:
            self._lose(line)
            return
        said = line.heard + said
        whole = len(said) - len(said) % ANSWER_BYTES
        line.heard = said[whole:]
        for at in range(0, whole, ANSWER_BYTES):
            kind, code = said[at], said[at + 3]
            if kind == packets.CONNACK:
                if code:  # not authorised: the broker may be reading its accounts
                    self._lose(line)
                    return
                line.is_up = True
                line.connects += 1
            elif kind == packets.PUBACK:
                number = line.waiting.pop(int.from_bytes(said[at + 2 : at + 4], "big"), None)
                if number is not None:
                    line.acknowledged.add(number)
            else:
                raise AssertionError(f"the broker sends a packet of type {kind:#x} to {line.plan.device}")

    def _lose(self, line: Line) -> None:
        if line.link is not None:
            with contextlib.suppress(KeyError):
                self._selector.unregister(line.link)
            line.link.close()
        line.link, line.is_up, line.unsent, line.heard = None, False, b"", b""
        line.again.extendleft(reversed(line.waiting.values()))
        line.waiting.clear()
        line.deadline = time.monotonic() + self._random.uniform(*self._reconnect_s)
