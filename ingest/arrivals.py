"""A batch of messages as received, made into what the store takes: who sent it, and what it says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from catalog.elements import Reason, Reject
from catalog.model import Product
from ingest.receiver import Received
from store.intake import Arrival
from store.registry import Registered
from wire.decode import decode
from wire.errors import BadTopic
from wire.topics import Direction, Topic, parse

DAY_MS = 86_400_000
TOPICS_KNOWN = 20_000
"""Topics are the same few again and again; taken apart and kept, so many cost about 8 MB."""
LONGEST_TOPIC_CHARS = 100
"""Beyond the longest of ours. The broker lets 64 KiB pass, which nobody may have us keep."""


def _topic(name: str) -> Topic | None:
    """The device and channel a topic names; None when it names none."""
    return _parsed(name) if len(name) <= LONGEST_TOPIC_CHARS else None


@lru_cache(maxsize=TOPICS_KNOWN)
def _parsed(name: str) -> Topic | None:
    try:
        topic = parse(name)
    except BadTopic:
        return None
    return topic if topic.direction is Direction.UP else None


def senders(messages: Sequence[Received]) -> set[str]:
    """The devices that a batch claims to come from."""
    topics = {message.topic for message in messages}
    return {topic.device for name in topics if (topic := _topic(name)) is not None}


def arrival(
    message: Received,
    known: Mapping[str, Registered],
    catalog: Mapping[str, Product],
    raw_days: int,
) -> Arrival:
    """Decode one message. Never raises: what cannot be read is a reject."""
    topic = _topic(message.topic)
    if topic is None:
        return _refused(message, Reason.BAD_TOPIC, "not vop/v1/{device}/up/{channel}")
    sender = known.get(topic.device)
    if sender is None:
        return _refused(message, Reason.UNKNOWN_DEVICE, "no device of this name is registered")
    product = catalog.get(sender.product)
    if product is None:
        return _refused(message, Reason.UNKNOWN_DEVICE, f"its product {sender.product} is not in the catalogue")
    decoded = decode(
        topic.channel,
        message.payload,
        product,
        arrived_at_ms=message.arrived_at_ms,
        oldest_ts_ms=message.arrived_at_ms - raw_days * DAY_MS,
        content_type=message.content_type,
    )
    return Arrival(
        message.topic,
        message.payload,
        message.arrived_at_ms,
        sender.device_id,
        sender.product,
        decoded.elements,
        decoded.rejects,
    )


def _refused(message: Received, reason: Reason, detail: str) -> Arrival:
    reject = Reject(0, reason, detail)
    return Arrival(message.topic, message.payload, message.arrived_at_ms, None, None, (), (reject,))
