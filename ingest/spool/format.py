"""How messages lie in a segment of the spool: framed, checked, and found again behind damage. Pure.

A record is a header and a body:

    marker 8 | length u32 | length inverted u32 | CRC-32 of the body u32
    arrived_at_ms i64 | flags u8 | topic bytes u32 | content type bytes u32 | topic | content type | payload

The marker is random, one for each segment, and stands in the file's name. So the start of a record can be found again
behind a damaged one, and nothing that a device has sent can pass for a record. The length twice tells a damaged header
from one whose body was cut off: a kill leaves a beginning of a record, a failing disk leaves another one.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.receiver import Received

MARKER_BYTES = 8
_HEADER = struct.Struct(">8sIII")
_BODY = struct.Struct(">qBII")
_ALL_BITS = 0xFFFF_FFFF
_RETAIN, _CONTENT_TYPE = 1, 2
_TEXT_ERRORS = "surrogatepass"
"""Whatever a receiver made of a topic comes back as it was."""

RECORD_OVERHEAD_BYTES = _HEADER.size + _BODY.size


@dataclass(frozen=True, slots=True)
class Unpacked:
    """What was found in a stretch of a segment."""

    messages: list[Received]
    """Packet identifier 0: they are acknowledged already."""
    consumed: int
    """Bytes dealt with; the rest begins a record that the stretch does not hold whole, or was left for later."""
    damaged: int
    """Bytes among them that are neither a record nor the beginning of the last one."""
    torn: int
    """Bytes of the unfinished write at the very end: never acknowledged."""


def pack(messages: Sequence[Received], marker: bytes) -> bytes:
    """The records of `messages`, in order."""
    parts: list[bytes] = []
    for message in messages:
        topic = message.topic.encode("utf-8", _TEXT_ERRORS)
        flags = _RETAIN if message.retain else 0
        kind = b""
        if message.content_type is not None:
            flags |= _CONTENT_TYPE
            kind = message.content_type.encode("utf-8", _TEXT_ERRORS)
        head = _BODY.pack(message.arrived_at_ms, flags, len(topic), len(kind))
        body = b"".join((head, topic, kind, message.payload))
        parts.append(_HEADER.pack(marker, len(body), len(body) ^ _ALL_BITS, zlib.crc32(body)))
        parts.append(body)
    return b"".join(parts)


def unpack(data: bytes, marker: bytes, *, last: bool, most_messages: int, most_bytes: int) -> Unpacked:
    """The records of `data`, which begins where the one before ended, until one of the bounds is reached.

    `last`: the segment ends where `data` ends. `most_bytes` bounds payload and is exceeded by one record at most.
    """
    messages: list[Received] = []
    pos = size = damaged = torn = 0
    end = len(data)
    while pos < end and len(messages) < most_messages and size < most_bytes:
        following = _end_of_record(data, pos, marker)
        if following is not None and following <= end:
            message = _message(data[pos + _HEADER.size : following], data, pos)
            if message is None:
                damaged += following - pos
            else:
                messages.append(message)
                size += len(message.payload)
            pos = following
            continue
        if following is not None or _begins_record(data[pos : pos + _HEADER.size], marker):
            if last:
                torn, pos = end - pos, end
            break
        if last and data.count(0, pos) == end - pos:
            torn, pos = end - pos, end  # space that was reserved and never written
            break
        found = data.find(marker, pos + 1)
        if found < 0:
            found = end if last else max(pos, end - MARKER_BYTES + 1)
            damaged, pos = damaged + found - pos, found
            break
        damaged, pos = damaged + found - pos, found
    return Unpacked(messages, pos, damaged, torn)


def wanted(data: bytes, marker: bytes) -> int:
    """How many bytes a stretch that `data` begins must have for its first record to be whole."""
    following = _end_of_record(data, 0, marker)
    return _HEADER.size if following is None else following


def _end_of_record(data: bytes, pos: int, marker: bytes) -> int | None:
    """Where the record at `pos` ends by its header; None without a sound header."""
    if len(data) - pos < _HEADER.size:
        return None
    found, length, inverted, _ = _HEADER.unpack_from(data, pos)
    if found != marker or length ^ inverted != _ALL_BITS or length < _BODY.size:
        return None
    return pos + _HEADER.size + int(length)


def _begins_record(rest: bytes, marker: bytes) -> bool:
    """Whether `rest` is the beginning of a header."""
    return len(rest) < _HEADER.size and marker.startswith(rest[:MARKER_BYTES])


def _message(body: bytes, data: bytes, pos: int) -> Received | None:
    if zlib.crc32(body) != _HEADER.unpack_from(data, pos)[3]:
        return None
    arrived_at_ms, flags, topic_bytes, kind_bytes = _BODY.unpack_from(body)
    topic_end = _BODY.size + topic_bytes
    kind_end = topic_end + kind_bytes
    kind = body[topic_end:kind_end].decode("utf-8", _TEXT_ERRORS) if flags & _CONTENT_TYPE else None
    topic = body[_BODY.size : topic_end].decode("utf-8", _TEXT_ERRORS)
    return Received(topic, body[kind_end:], kind, bool(flags & _RETAIN), arrived_at_ms, 0, 0)
