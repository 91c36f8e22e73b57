"""One connection's bytes, made into messages and events; no socket, no thread, no clock (MQTT 5).

What comes out does not depend on how the bytes were cut on their way.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, NamedTuple

from ingest.errors import BrokerBrokeProtocol
from ingest.mqtt import packets, reasons
from ingest.mqtt.fields import (
    REASON_STRING,
    SERVER_KEEP_ALIVE,
    SESSION_EXPIRY,
    Fields,
    Properties,
    malformed,
    out_of_order,
)
from ingest.mqtt.publish import Publishes, scan
from ingest.receiver import Received

MAX_PACKET_BYTES: Final = 1024 * 1024 + 128 * 1024
"""Most that is kept of one packet. Mosquitto is told 64 KiB less of what it takes, and a message grows a little on its
way from MQTT 3.1.1 to 5."""

_LONGEST_HEADER_BYTES: Final = 5


class Connected(NamedTuple):
    """The broker has let us in."""

    session_present: bool
    keepalive_s: int | None
    """What the broker wants instead of what we said."""
    expiry_s: int | None
    """The same of the session's expiry."""


class Granted(NamedTuple):
    """The answer to SUBSCRIBE or UNSUBSCRIBE."""

    packet_id: int
    reasons: bytes
    """A reason code for each filter."""


class BrokerSays(NamedTuple):
    """A message at QoS 0 whose topic begins with $: of the broker, about itself (4.7.2)."""

    topic: str
    payload: bytes


Event = Connected | Granted | BrokerSays


class End(NamedTuple):
    """Why the connection is over."""

    reason: int
    text: str
    refused: bool
    """CONNACK said so."""
    farewell: bytes
    """To be sent before the connection is closed."""


@dataclass(slots=True)
class Output:
    """What one piece of input held. `end` comes after everything else; what follows it is not looked at."""

    messages: list[Received] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    redelivered: int = 0
    """Messages that the broker marks as sent before."""
    pongs: int = 0
    """Answers to PINGREQ."""
    end: End | None = None


class Protocol:
    """The broker's side of one connection, which `connection` numbers in every message.

    A PUBLISH that is too large is cut to `MAX_PACKET_BYTES`, not refused: its connection would end, and the broker
    would send it again on the next one, for ever. What is left is still more than any message may have, so nobody
    mistakes it for a whole one.
    """

    def __init__(self, connection: int) -> None:
        self._publishes = Publishes(connection)
        self._connection = connection
        self._is_connected = False
        self._is_over = False
        self._parts: list[bytes] = []
        self._held_bytes = 0
        self._needed_bytes = 0
        self._skipped_bytes = 0

    def feed(self, chunk: bytes, arrived_at_ms: int) -> Output:
        """Take in what has come from the broker. Never raises: what is wrong with it is the output's `end`."""
        output = Output()
        data = self._whole(chunk)
        if not data or self._is_over:
            return output
        try:
            self._read(data, arrived_at_ms, output)
        except BrokerBrokeProtocol as error:
            output.end = End(error.reason, f"{error} (from the broker)", False, packets.disconnect(error.reason))
        self._is_over = output.end is not None
        return output

    def _whole(self, chunk: bytes) -> bytes:
        """What is held and `chunk`, once that is at least one packet; else nothing."""
        if self._skipped_bytes:
            dropped = min(self._skipped_bytes, len(chunk))
            self._skipped_bytes -= dropped
            chunk = chunk[dropped:]
        self._held_bytes += len(chunk)
        if not self._parts:
            return chunk
        self._parts.append(chunk)
        # Joined once, when it is enough: a large packet in small pieces would be copied again at each.
        if self._held_bytes < self._needed_bytes:
            return b""
        data = b"".join(self._parts)
        self._parts = []
        return data

    def _read(self, data: bytes, arrived_at_ms: int, output: Output) -> None:
        at, end = 0, len(data)
        topics, messages = self._publishes.topics, output.messages
        while output.end is None:
            if self._is_connected:
                at = scan(data, at, topics, arrived_at_ms, self._connection, messages)
            start, length = _header(data, at)
            kept = min(length, MAX_PACKET_BYTES)
            if length > kept and data[at] & 0xF0 != packets.PUBLISH:
                raise BrokerBrokeProtocol(reasons.PACKET_TOO_LARGE, f"a packet of {length} bytes")
            if start == 0 or start + kept > end:
                self._keep(data[at:], start + kept - at if start else end - at + 1)
                return
            self._skipped_bytes = max(0, start + length - end)
            self._packet(data[at], Fields(data, start, start + kept), arrived_at_ms, output, is_cut=length > kept)
            at = min(start + length, end)

    def _keep(self, rest: bytes, needed_bytes: int) -> None:
        self._parts = [rest] if rest else []
        self._held_bytes = len(rest)
        self._needed_bytes = needed_bytes

    def _packet(self, first: int, body: Fields, arrived_at_ms: int, output: Output, *, is_cut: bool) -> None:
        kind = first & 0xF0
        if not self._is_connected and kind != packets.CONNACK:
            raise out_of_order(f"packet type {first >> 4} before CONNACK")
        if kind == packets.PUBLISH:
            message = self._publishes.read(first, body, arrived_at_ms, is_cut=is_cut)
            if message.packet_id == 0 and message.topic.startswith("$"):
                output.events.append(BrokerSays(message.topic, message.payload))
            else:
                output.messages.append(message)
                output.redelivered += first >> 3 & 1
            return
        if first & 0x0F or not kind:
            raise malformed(f"packet type {first >> 4} with flags {first & 0x0F}")
        if kind == packets.CONNACK:
            self._connack(body, output)
        elif kind in (packets.SUBACK, packets.UNSUBACK):
            packet_id = body.number(2)
            body.properties()
            codes = body.rest()
            if not codes:
                raise malformed(f"packet type {first >> 4} without a reason code")
            output.events.append(Granted(packet_id, codes))
        elif kind == packets.DISCONNECT:
            reason = body.number(1) if body.left else reasons.NORMAL_DISCONNECTION
            said = _said(body.properties()) if body.left else ""
            output.end = End(reason, reasons.name(reason) + said, False, b"")
        elif kind == packets.PINGRESP:
            if body.left:
                raise malformed(f"a PINGRESP of {body.left} bytes")
            output.pongs += 1
        else:
            raise out_of_order(f"packet type {first >> 4}, which nobody asked for")

    def _connack(self, body: Fields, output: Output) -> None:
        if self._is_connected:
            raise out_of_order("a second CONNACK")
        flags, reason = body.number(1), body.number(1)
        if flags > 1:
            raise malformed(f"a CONNACK with flags {flags}")
        # A broker of MQTT 3.1.1 answers without properties.
        properties = body.properties() if body.left else {}
        if reason != 0:
            output.end = End(reason, reasons.name(reason) + _said(properties), True, b"")
            return
        self._is_connected = True
        keepalive_s, expiry_s = properties.get(SERVER_KEEP_ALIVE), properties.get(SESSION_EXPIRY)
        output.events.append(
            Connected(
                flags == 1,
                keepalive_s if isinstance(keepalive_s, int) else None,
                expiry_s if isinstance(expiry_s, int) else None,
            )
        )


def _header(data: bytes, at: int) -> tuple[int, int]:
    """Where the body of the packet at `at` starts, and its length; 0, 0 while the header is not all there."""
    start = at + 1
    length = shift = 0
    for digit in data[start : at + _LONGEST_HEADER_BYTES]:
        start += 1
        length |= (digit & 0x7F) << shift
        if digit < 0x80:
            return start, length
        shift += 7
    if start == at + _LONGEST_HEADER_BYTES:
        raise malformed("a packet whose length has more than four bytes")
    return 0, 0


def _said(properties: Properties) -> str:
    """The reason string, in brackets."""
    said = properties.get(REASON_STRING)
    return f" ({said.decode(errors='replace')})" if isinstance(said, bytes) and said else ""
