"""MQTT 3.1.1 packets made beforehand, so that the publisher is never what is measured.

Only what a benchmark needs: CONNECT, SUBSCRIBE, PUBLISH at QoS 1, PUBACK (MQTT 3.1.1, sections 3.1 to 3.8).
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from contextlib import ExitStack

CONNECT, CONNACK, PUBLISH, PUBACK, SUBSCRIBE, SUBACK = 0x10, 0x20, 0x30, 0x40, 0x82, 0x90
QOS1 = 0x02
PUBACK_BYTES = 4


def _text(value: str) -> bytes:
    data = value.encode()
    return struct.pack(">H", len(data)) + data


def _packet(first: int, body: bytes) -> bytes:
    length, left = bytearray(), len(body)
    while True:
        left, digit = divmod(left, 128)
        length.append(digit | 0x80 if left else digit)
        if not left:
            return bytes([first]) + bytes(length) + body


def connect(client_id: str, user: str, password: str) -> bytes:
    """CONNECT, clean session, keep-alive off."""
    flags = 0b1100_0010
    return _packet(CONNECT, _text("MQTT") + bytes([4, flags, 0, 0]) + _text(client_id) + _text(user) + _text(password))


def subscribe(topic_filter: str) -> bytes:
    """SUBSCRIBE to one filter at QoS 1."""
    return _packet(SUBSCRIBE, struct.pack(">H", 1) + _text(topic_filter) + b"\x01")


def publish(topic: str, packet_id: int, payload: bytes) -> bytes:
    """PUBLISH at QoS 1."""
    return _packet(PUBLISH | QOS1, _text(topic) + struct.pack(">H", packet_id) + payload)


def opened(host: str, port: int, client_id: str, user: str, password: str) -> socket.socket:
    """A connection the broker has accepted. Raises ConnectionError when it has not."""
    with ExitStack() as refused:
        link = socket.create_connection((host, port))
        refused.callback(link.close)
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        link.sendall(connect(client_id, user, password))
        answer = link.recv(4)
        if answer[:1] != bytes([CONNACK]) or answer[3:] != b"\0":
            raise ConnectionError(f"the broker refuses {client_id}: CONNACK {answer.hex()}")
        refused.pop_all()
    return link


def split(buffer: bytearray) -> Iterator[tuple[int, bytes]]:
    """Take the whole packets off the front of `buffer`: first byte and body of each."""
    at = 0
    while True:
        length, shift, here = 0, 0, at + 1
        while True:
            if here >= len(buffer):
                del buffer[:at]
                return
            digit = buffer[here]
            here += 1
            length |= (digit & 0x7F) << shift
            shift += 7
            if not digit & 0x80:
                break
        if here + length > len(buffer):
            del buffer[:at]
            return
        yield buffer[at], bytes(buffer[here : here + length])
        at = here + length
