"""The packets a subscriber sends, as bytes (MQTT 5, chapter 3)."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Final

from ingest.mqtt import fields
from wire.broker import BrokerAddress, Session

CONNECT: Final = 0x10
CONNACK: Final = 0x20
PUBLISH: Final = 0x30
PUBACK: Final = 0x40
SUBSCRIBE: Final = 0x82
SUBACK: Final = 0x90
UNSUBSCRIBE: Final = 0xA2
UNSUBACK: Final = 0xB0
PINGRESP: Final = 0xD0
DISCONNECT: Final = 0xE0

PINGREQ: Final = b"\xc0\x00"
_PUBACK_HEAD: Final = 0x4002_0000
"""A PUBACK of success is four bytes: these two and the packet identifier (3.4.2.1)."""

SEND_RETAINED: Final = 0x00
DO_NOT_SEND_RETAINED: Final = 0x20
"""Retain handling of a subscription (3.8.3.1)."""


def connect(address: BrokerAddress, session: Session) -> bytes:
    """CONNECT without a will."""
    # No Maximum Packet Size: a broker discards what exceeds it, acknowledged or not, without a word. And no topic
    # aliases: rumqttd 0.20 gives one to a filter, so that messages arrive under the topic of the first that matched it.
    properties = struct.pack(
        ">BIBH", fields.SESSION_EXPIRY, session.expiry_s, fields.RECEIVE_MAXIMUM, session.receive_maximum
    )
    flags = 0x02 * session.clean_start
    credentials = b""
    if address.user is not None:
        flags |= 0x80
        credentials = fields.text(address.user)
    if address.password is not None:
        flags |= 0x40
        credentials += fields.text(address.password)
    head = fields.text("MQTT") + bytes([5, flags]) + session.keepalive_s.to_bytes(2, "big")
    return _packet(CONNECT, head + _sized(properties) + fields.text(session.client_id) + credentials)


def subscribe(packet_id: int, topic_filter: str, *, qos: int, retained: int) -> bytes:
    """SUBSCRIBE to one filter; `retained` is `SEND_RETAINED` or `DO_NOT_SEND_RETAINED`.

    Never "retain as published": a message sent a moment ago would look like a copy kept from before.
    """
    return _packet(
        SUBSCRIBE, packet_id.to_bytes(2, "big") + b"\0" + fields.text(topic_filter) + bytes([qos | retained])
    )


def unsubscribe(packet_id: int, filters: Sequence[str]) -> bytes:
    """UNSUBSCRIBE from at least one filter."""
    return _packet(UNSUBSCRIBE, packet_id.to_bytes(2, "big") + b"\0" + b"".join(map(fields.text, filters)))


def pubacks(packet_ids: Sequence[int]) -> bytes:
    """One PUBACK for each identifier, in their order, as one piece."""
    return struct.pack(f">{len(packet_ids)}I", *[_PUBACK_HEAD | packet_id for packet_id in packet_ids])


def disconnect(reason: int, *, expiry_s: int | None = None) -> bytes:
    """DISCONNECT; `expiry_s` changes how long the broker keeps the session, 0: it forgets it now."""
    if expiry_s is None:
        return _packet(DISCONNECT, bytes([reason]))
    properties = bytes([fields.SESSION_EXPIRY]) + expiry_s.to_bytes(4, "big")
    return _packet(DISCONNECT, bytes([reason]) + _sized(properties))


def _sized(data: bytes) -> bytes:
    return fields.varint(len(data)) + data


def _packet(first: int, body: bytes) -> bytes:
    return bytes([first]) + _sized(body)
