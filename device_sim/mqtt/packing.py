"""Elements into messages: arrays of up to 1,000, readings and events apart, within the contract's size."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import orjson

from device_sim.link import Sending
from wire.limits import MAX_ELEMENTS, MAX_MESSAGE_BYTES

MARGIN_BYTES = 8 * 1024
"""Kept free below the largest message: topic, properties, and no surprise."""


class Message(NamedTuple):
    """One publish."""

    channel: str
    payload: bytes
    fresh: int
    """Elements sent for the first time."""
    again: int
    """Second copies."""


def encode(sending: Sending, *, epoch_ms: int, now_ms: int) -> bytes:
    """The element's JSON. `age_ms` is added where the device does not know the time of day."""
    element = sending.element
    if not element.unclocked:
        return orjson.dumps(element.body)
    measured_ms = epoch_ms + round(element.day * 86_400_000)
    return orjson.dumps({**element.body, "age_ms": max(0, now_ms - measured_ms)})


def pack(
    sendings: Iterable[Sending], *, epoch_ms: int, now_ms: int, max_bytes: int = MAX_MESSAGE_BYTES
) -> Iterator[Message]:
    """Messages with all of `sendings`, each kind in the given order; one element alone is sent without an array."""
    room = max_bytes - min(MARGIN_BYTES, max_bytes // 4)
    for channel, events in (("telemetry", False), ("event", True)):
        parts: list[bytes] = []
        size = fresh = 0
        for sending in sendings:
            if sending.element.event != events:
                continue
            part = encode(sending, epoch_ms=epoch_ms, now_ms=now_ms)
            if parts and (size + len(part) + 1 > room or len(parts) == MAX_ELEMENTS):
                yield _message(channel, parts, fresh)
                parts, size, fresh = [], 0, 0
            parts.append(part)
            size += len(part) + 1
            fresh += not sending.again
        if parts:
            yield _message(channel, parts, fresh)


def _message(channel: str, parts: list[bytes], fresh: int) -> Message:
    payload = parts[0] if len(parts) == 1 else b"[" + b",".join(parts) + b"]"
    return Message(channel, payload, fresh, len(parts) - fresh)
