"""What the broker keeps of a topic, read once through a clean session."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterator
from dataclasses import replace
from threading import Event as Flag
from typing import Final

from ingest.mqtt import packets, reasons
from ingest.mqtt.link import CONNECT_TIMEOUT_S, Link
from ingest.mqtt.protocol import Connected, Granted, Output, Protocol
from ingest.receiver import Received
from wire.broker import BrokerAddress, Session

QUIET_S: Final = 1.0
BATCH_MESSAGES: Final = 2_000
BATCH_BYTES: Final = 2_097_152
"""Of payload; exceeded by what one read brings."""
TICK_S: Final = 0.25


def retained(
    address: BrokerAddress,
    session: Session,
    topic_filter: str,
    stop: Flag,
    *,
    tls: ssl.SSLContext | None = None,
) -> Iterator[list[Received]]:
    """Batches of the retained messages of `topic_filter`; the broker waits while a batch is worked on.

    Ends when none has come for a second. Raises OSError when the broker cannot be reached, refuses, or leaves.
    """
    link = Link.open(address, tls)
    try:
        # Without keep-alive: whoever works on a batch for long is not to be cut off, and silence is the end anyway.
        link.send(packets.connect(address, replace(session, clean_start=True, keepalive_s=0)))
        batch: list[Received] = []
        for messages in _kept(link, topic_filter, stop):
            batch += messages
            while len(batch) >= BATCH_MESSAGES or sum(len(m.payload) for m in batch) >= BATCH_BYTES:
                yield batch[:BATCH_MESSAGES]
                del batch[:BATCH_MESSAGES]
        if batch:
            yield batch
        link.send(packets.disconnect(reasons.NORMAL_DISCONNECTION))
    finally:
        link.close()


def _kept(link: Link, topic_filter: str, stop: Flag) -> Iterator[list[Received]]:
    """Acknowledges what it returns when the next is asked for."""
    protocol = Protocol(0)
    until = time.monotonic() + CONNECT_TIMEOUT_S
    is_subscribed = False
    while not stop.is_set():
        output = protocol.feed(link.receive(TICK_S), time.time_ns() // 1_000_000)
        if output.end:
            raise ConnectionError(f"the broker ended the reading of {topic_filter}: {output.end.text}")
        is_subscribed = _answered(output, link, topic_filter) or is_subscribed
        copies = [m._replace(retain=False) for m in output.messages if m.retain]
        if copies:
            yield copies
        if output.messages:
            link.send(packets.pubacks([m.packet_id for m in output.messages if m.packet_id]))
        now = time.monotonic()
        if copies or output.events:
            until = now + QUIET_S if is_subscribed else until
        elif now > until:
            if not is_subscribed:
                raise TimeoutError(f"the broker did not answer within {CONNECT_TIMEOUT_S:.0f} s")
            return


def _answered(output: Output, link: Link, topic_filter: str) -> bool:
    """Ask for the messages once we are let in; returns whether that has been granted."""
    for event in output.events:
        if isinstance(event, Connected):
            link.send(packets.subscribe(1, topic_filter, qos=1, retained=packets.SEND_RETAINED))
        elif isinstance(event, Granted):
            if event.reasons[:1] >= bytes([reasons.FAILURE]):
                raise ConnectionError(f"the broker refuses {topic_filter}: {reasons.name(event.reasons[0])}")
            return True
    return False
