"""Packets a broker sends, made by hand, and what a cut stream of them becomes."""

from __future__ import annotations

from collections.abc import Iterable

from ingest.mqtt import fields
from ingest.mqtt.protocol import Output, Protocol
from ingest.receiver import Received

NOW_MS = 1_790_000_000_000
CONNECTION = 7
TOPIC = "vop/v1/vac-1/up/telemetry"
CONNACK = bytes.fromhex("200b00000822000a2700110000")
"""Of Mosquitto 2.0.11: a new session, topic alias maximum, maximum packet size."""


def packet(first: int, body: bytes) -> bytes:
    """A packet with the right length."""
    return bytes([first]) + fields.varint(len(body)) + body


def publish(
    payload: bytes = b"{}",
    *,
    topic: bytes = TOPIC.encode(),
    packet_id: int = 1,
    qos: int = 1,
    retain: bool = False,
    duplicate: bool = False,
    properties: bytes = b"",
) -> bytes:
    """A PUBLISH."""
    identifier = packet_id.to_bytes(2, "big") if qos else b""
    head = len(topic).to_bytes(2, "big") + topic + identifier + fields.varint(len(properties)) + properties
    return packet(0x30 | 8 * duplicate | qos << 1 | retain, head + payload)


def received(payload: bytes = b"{}", *, topic: str = TOPIC, packet_id: int = 1, **others: object) -> Received:
    """What such a PUBLISH becomes."""
    one = Received(topic, payload, None, False, NOW_MS, packet_id, CONNECTION)
    return one._replace(**others)  # type: ignore[arg-type]


def connected() -> Protocol:
    """A connection the broker has accepted."""
    protocol = Protocol(CONNECTION)
    protocol.feed(CONNACK, NOW_MS)
    return protocol


def fed(pieces: Iterable[bytes], protocol: Protocol | None = None) -> Output:
    """All output of these pieces, as if it were of one."""
    protocol = protocol or Protocol(CONNECTION)
    total = Output()
    for piece in pieces:
        output = protocol.feed(piece, NOW_MS)
        total.messages += output.messages
        total.events += output.events
        total.redelivered += output.redelivered
        total.pongs += output.pongs
        assert total.end is None or output == Output()
        total.end = total.end or output.end
    return total
