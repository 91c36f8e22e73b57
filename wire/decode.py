"""Bytes to elements or rejects. Pure: no clock, no I/O. Total: no input makes it raise.

The unit of rejection is the element: in an array each stands for itself, and `len(elements) +
len(rejects)` is the number of its elements. A message that cannot be taken apart at all is one
reject of index 0.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

import orjson

from catalog.elements import Element, Reason, Reject
from catalog.model import Product
from wire import shapes
from wire.clock import Window, window
from wire.envelope import counters, too_deep
from wire.json_text import ESCAPED_NUL, exceeds_depth, inspect, read_tolerantly
from wire.limits import MAX_ELEMENTS, MAX_MESSAGE_BYTES
from wire.refusal import Refused
from wire.rules import ProductRules, rules_of

JSON_TYPE: Final = "application/json"

_Shape = Callable[[int, Any, ProductRules, Window], Element]

_SHAPES: Final[dict[str, _Shape]] = {
    "telemetry": shapes.reading,
    "event": shapes.event,
    "state": shapes.state,
}


class Decoded(NamedTuple):
    """What a message holds, in its own order."""

    elements: list[Element]
    rejects: list[Reject]


def decode(
    channel: str,
    payload: bytes,
    product: Product,
    *,
    arrived_at_ms: int,
    oldest_ts_ms: int,
    content_type: str | None = None,
) -> Decoded:
    """Decode what a device of `product` published on `channel`.

    `arrived_at_ms` and `oldest_ts_ms` (where raw retention ends) are milliseconds since the epoch,
    UTC; a device's own time is used when it lies between the latter and 24 h after the former.
    `content_type` is MQTT 5's property.
    """
    shape = _SHAPES.get(channel)
    if shape is None:
        return _refused(Reason.BAD_TOPIC, "this channel is not read; telemetry, event and state are")
    if content_type is not None and not _is_json(content_type):
        return _refused(Reason.CONTENT_TYPE, f"only {JSON_TYPE} is understood")
    if len(payload) > MAX_MESSAGE_BYTES:
        return _refused(Reason.TOO_LARGE, f"message of more than {MAX_MESSAGE_BYTES} bytes")
    deep: frozenset[int] | None = None
    try:
        document = orjson.loads(payload)
        if ESCAPED_NUL in payload:
            deep = frozenset()
    except orjson.JSONDecodeError:
        try:
            document, deep = read_tolerantly(payload)
        except Refused as refused:
            return _refused(refused.reason, refused.detail)
    if type(document) is not list or channel == "state":
        document = [document]
    elif len(document) > MAX_ELEMENTS:
        return _refused(Reason.TOO_LARGE, f"array of more than {MAX_ELEMENTS} elements")
    rules = rules_of(product)
    usable = window(arrived_at_ms, oldest_ts_ms)
    decoded = Decoded([], [])
    for index, item in enumerate(document):
        try:
            if deep is not None:
                _examine(index, item, deep)
            decoded.elements.append(shape(index, item, rules, usable))
        except Refused as refused:
            decoded.rejects.append(_reject(index, item, refused))
    return decoded


def _examine(index: int, item: Any, deep: frozenset[int]) -> None:
    if index in deep:
        raise too_deep()
    inspect(item)


def _reject(index: int, item: Any, refused: Refused) -> Reject:
    # Depth is looked at last, because hardly anything is deep; but what is too deep is that before
    # all else.
    if exceeds_depth(item):
        refused = too_deep()
    return Reject(index, refused.reason, refused.detail, *counters(item))


def _refused(reason: Reason, detail: str) -> Decoded:
    return Decoded([], [Reject(0, reason, detail)])


def _is_json(content_type: str) -> bool:
    return content_type.partition(";")[0].strip().lower() in (JSON_TYPE, "")
