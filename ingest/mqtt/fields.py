"""The data types and properties of MQTT 5 (1.5 and 2.2.2), read with every length checked."""

from __future__ import annotations

from typing import Final

from ingest.errors import BrokerBrokeProtocol
from ingest.mqtt import reasons

LONGEST_VARINT_BYTES: Final = 4

CONTENT_TYPE: Final = 0x03
SESSION_EXPIRY: Final = 0x11
SERVER_KEEP_ALIVE: Final = 0x13
REASON_STRING: Final = 0x1F
RECEIVE_MAXIMUM: Final = 0x21
TOPIC_ALIAS: Final = 0x23
SUBSCRIPTION_IDENTIFIER: Final = 0x0B
USER_PROPERTY: Final = 0x26

_BYTE: Final = frozenset({0x01, 0x17, 0x19, 0x24, 0x25, 0x28, 0x29, 0x2A})
_TWO_BYTES: Final = frozenset({SERVER_KEEP_ALIVE, RECEIVE_MAXIMUM, 0x22, TOPIC_ALIAS})
_FOUR_BYTES: Final = frozenset({0x02, SESSION_EXPIRY, 0x18, 0x27})
_BINARY: Final = frozenset({CONTENT_TYPE, 0x08, 0x09, 0x12, 0x15, 0x16, 0x1A, 0x1C, REASON_STRING})
"""Texts too: who wants to read one decodes it."""

Properties = dict[int, int | bytes]
"""By identifier. User properties and subscription identifiers, which may come more than once, are left out."""


def malformed(what: str) -> BrokerBrokeProtocol:
    """The error for bytes that are no packet."""
    return BrokerBrokeProtocol(reasons.MALFORMED_PACKET, what)


def out_of_order(what: str) -> BrokerBrokeProtocol:
    """The error for a packet that is well formed and must not come, or not now."""
    return BrokerBrokeProtocol(reasons.PROTOCOL_ERROR, what)


class Fields:
    """Reads one packet's body from `start` to `stop` (exclusive), field by field.

    Raises `BrokerBrokeProtocol` when a field reaches beyond the packet.
    """

    __slots__ = ("_at", "_data", "_stop")

    def __init__(self, data: bytes, start: int, stop: int) -> None:
        self._data = data
        self._at = start
        self._stop = stop

    @property
    def left(self) -> int:
        """Bytes not read yet."""
        return self._stop - self._at

    def take(self, count: int) -> bytes:
        """The next `count` bytes."""
        start, self._at = self._at, self._at + count
        if self._at > self._stop:
            raise malformed(f"a field of {count} bytes where the packet has {self._stop - start} left")
        return self._data[start : self._at]

    def number(self, count: int) -> int:
        """The next `count` bytes as a big-endian number."""
        return int.from_bytes(self.take(count), "big")

    def varint(self) -> int:
        """A variable byte integer (1.5.5)."""
        value = 0
        for place in range(LONGEST_VARINT_BYTES):
            digit = self.take(1)[0]
            value |= (digit & 0x7F) << 7 * place
            if digit < 0x80:
                return value
        raise malformed("a variable byte integer of more than four bytes")

    def binary(self) -> bytes:
        """Binary data or a text: two bytes of length, and so many bytes."""
        return self.take(self.number(2))

    def rest(self) -> bytes:
        """Everything that is left."""
        return self.take(self.left)

    def properties(self) -> Properties:
        """The properties, whose length stands before them."""
        length = self.varint()
        if length > self.left:
            raise malformed(f"properties of {length} bytes where the packet has {self.left} left")
        inner = Fields(self._data, self._at, self._at + length)
        self._at += length
        found: Properties = {}
        while inner.left:
            inner._property(found)
        return found

    def _property(self, found: Properties) -> None:
        key = self.varint()
        if key == USER_PROPERTY:
            self.binary()
            self.binary()
            return
        if key == SUBSCRIPTION_IDENTIFIER:
            self.varint()
            return
        if key in found:
            raise out_of_order(f"property 0x{key:02x} comes twice")
        if key in _BYTE:
            found[key] = self.number(1)
        elif key in _TWO_BYTES:
            found[key] = self.number(2)
        elif key in _FOUR_BYTES:
            found[key] = self.number(4)
        elif key in _BINARY:
            found[key] = self.binary()
        else:
            raise malformed(f"property 0x{key:02x}, which MQTT 5 does not have")


def varint(value: int) -> bytes:
    """A variable byte integer (1.5.5)."""
    written = bytearray()
    while value > 0x7F:
        written.append(value & 0x7F | 0x80)
        value >>= 7
    written.append(value)
    return bytes(written)


def binary(value: bytes) -> bytes:
    """Binary data, or a text already encoded. Raises ValueError beyond 65,535 bytes."""
    if len(value) > 0xFFFF:
        raise ValueError(f"MQTT has room for 65,535 bytes here, not for {len(value)}")
    return len(value).to_bytes(2, "big") + value


def text(value: str) -> bytes:
    """A text (1.5.4). Raises ValueError beyond 65,535 bytes or when it is not Unicode."""
    return binary(value.encode())
