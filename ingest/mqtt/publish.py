"""PUBLISH packets out of a buffer: a tight loop for those that are all alike, and a careful one for the others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ingest.errors import BrokerBrokeProtocol
from ingest.mqtt.fields import CONTENT_TYPE, TOPIC_ALIAS, Fields, malformed, out_of_order
from ingest.mqtt.reasons import TOPIC_ALIAS_INVALID
from ingest.receiver import Received

NO_TEXT: Final = "(not UTF-8)"
"""A topic or content type that is none: a broker must not let it through. Kept, for a connection ended because of it
would be sent it again."""

TOPICS_KNOWN: Final = 20_000
LONGEST_TOPIC_KNOWN_BYTES: Final = 100
"""Beyond the longest of ours; a device may publish to topics of 64 KiB, which nobody may have us keep."""

_SHORTEST_BODY_BYTES: Final = 6
"""At QoS 1: topic length, one character, packet identifier, length of no properties."""


def scan(
    data: bytes,
    at: int,
    topics: Mapping[bytes, str],
    arrived_at_ms: int,
    connection: int,
    messages: list[Received],
) -> int:
    """Append to `messages` the PUBLISH packets from `at` on that are plain; returns where it stopped.

    Plain is QoS 1 with a topic of `topics`, no properties, fewer than 16 KiB, and sent for the first time. Whatever
    else stands there, or is not all there, is left to others.
    """
    # Half of what a message costs to receive is spent here: local names, no calls that can be spared.
    append, known, new, kind, end = messages.append, topics.get, tuple.__new__, Received, len(data)
    while end - at > _SHORTEST_BODY_BYTES + 2:
        first = data[at]
        length = data[at + 1]
        start = at + 2
        if length > 0x7F:
            more = data[start]
            if more > 0x7F:
                return at
            length += (more << 7) - 0x80
            start += 1
        stop = start + length
        if first & 0xFE != 0x32 or stop > end or length < _SHORTEST_BODY_BYTES:
            return at
        after = start + 2 + (data[start] << 8) + data[start + 1]
        if after + 3 > stop or data[after + 2]:
            return at
        topic = known(data[start + 2 : after])
        packet_id = data[after] << 8 | data[after + 1]
        if topic is None or not packet_id:
            return at
        append(new(kind, (topic, data[after + 3 : stop], None, first & 1 == 1, arrived_at_ms, packet_id, connection)))
        at = stop
    return at


class Publishes:
    """Reads one PUBLISH of any form, and remembers topics."""

    def __init__(self, connection: int) -> None:
        self.topics: dict[bytes, str] = {}
        """Those seen, encoded, for `scan`."""
        self._connection = connection

    def read(self, first: int, body: Fields, arrived_at_ms: int, *, is_cut: bool = False) -> Received:
        """One message. Raises `BrokerBrokeProtocol`.

        Of one that was cut the properties, which may be what is too large, count as payload.
        """
        qos = first >> 1 & 0x03
        if qos == 3:
            raise malformed("a PUBLISH of QoS 3")
        if qos == 2:
            raise out_of_order("a PUBLISH of QoS 2, which was not subscribed to")
        encoded = body.binary()
        packet_id = body.number(2) if qos else 0
        if qos and not packet_id:
            raise out_of_order("a PUBLISH with packet identifier 0")
        properties = {} if is_cut else body.properties()
        if TOPIC_ALIAS in properties:
            raise BrokerBrokeProtocol(
                TOPIC_ALIAS_INVALID, f"topic alias {properties[TOPIC_ALIAS]!r}: none were offered"
            )
        if not encoded:
            raise out_of_order("a PUBLISH without a topic")
        content_type = properties.get(CONTENT_TYPE)
        return Received(
            self._remembered(encoded),
            body.rest(),
            _decoded(content_type) if isinstance(content_type, bytes) else None,
            first & 1 == 1,
            arrived_at_ms,
            packet_id,
            self._connection,
        )

    def _remembered(self, encoded: bytes) -> str:
        topic = self.topics.get(encoded) or _decoded(encoded)
        if len(encoded) <= LONGEST_TOPIC_KNOWN_BYTES:
            if len(self.topics) >= TOPICS_KNOWN:
                self.topics.clear()
            self.topics[encoded] = topic
        return topic


def _decoded(text: bytes) -> str:
    try:
        decoded = text.decode()
    except UnicodeDecodeError:
        return NO_TEXT
    return NO_TEXT if "\0" in decoded else decoded
