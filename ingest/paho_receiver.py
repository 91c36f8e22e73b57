"""The receiver on paho-mqtt: MQTT 5, a persistent session, acknowledgement by hand.

paho's network thread puts messages into the buffer and waits there when it is full. Acknowledgements are sent by the
same thread; those for a connection that is gone are withheld, for a broker that lost our session may since have given
the packet identifier to another message.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import Any

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from ingest.buffer import Buffer
from ingest.receiver import Received
from wire.broker import BrokerAddress, Session, connect, new_client, reconnect_delays

log = logging.getLogger(__name__)

DROPPED_TOPIC = "$SYS/broker/publish/messages/dropped"
"""Mosquitto's count of messages it threw away; other brokers may not have it."""

SESSION_TAKEN_OVER = 0x8E
REFUSALS = frozenset({0x84, 0x85, 0x86, 0x87, 0x8A, 0x8C})
"""Reason codes of CONNACK that trying again does not change: version, client id, credentials, authorisation, ban."""

FLUSH_TIMEOUT_S = 5.0
RETAINED_QUIET_S = 1.0
RETAINED_BATCH = 2_000


def _ignore(_count: int) -> None:
    """Nobody asked for the broker's drops."""


class PahoReceiver:
    """One session's messages: of the filter `wanted`, or with None only what is queued. See `ingest.receiver.Receiver`.

    The session may remember filters of another mode of working, `unwanted`: they are given up at every connection.
    """

    def __init__(
        self,
        address: BrokerAddress,
        session: Session,
        wanted: str | None,
        buffer: Buffer,
        *,
        unwanted: Sequence[str] = (),
        on_dropped: Callable[[int], None] = _ignore,
    ) -> None:
        self.connected = False
        self.taken_over = False
        self.refused: str | None = None
        self._address = address
        self._session = session
        self._wanted = wanted
        self._unwanted = list(unwanted)
        self._buffer = buffer
        self._on_dropped = on_dropped
        self._connection = 0
        self._is_up = False
        self._subscription: int | None = None
        self._drops: int | None = None
        self._knows_drops = True
        self._stopping = Event()
        self._lost = Event()
        self._thread = Thread(target=self._run, name=f"receiver-{session.client_id}", daemon=True)
        self._client = new_client(address, session, manual_ack=True)
        self._client.on_connect = self._connected
        self._client.on_subscribe = self._subscribed
        self._client.on_message = self._message
        self._client.on_disconnect = self._disconnected

    def start(self) -> None:
        """Connect in the background; reconnects by itself until `stop`."""
        self._thread.start()

    def take(self, timeout_s: float) -> list[Received]:
        """The next batch in order; an empty list after `timeout_s` without a message."""
        return self._buffer.take(timeout_s)

    def acknowledge(self, messages: Sequence[Received]) -> int:
        """Acknowledge, in order, what came over the present connection."""
        sent = 0
        for message in messages:
            if message.packet_id and message.connection == self._connection and self._is_up:
                self._client.ack(message.packet_id, 1)
                sent += 1
        return sent

    def unsubscribe(self) -> None:
        """Have no more messages queued for this session; those already queued still come."""
        if self._wanted is not None:
            self._unwanted.append(self._wanted)
            self._wanted = None
            self._client.unsubscribe(self._unwanted)

    def finish(self) -> None:
        """Take nothing more in."""
        self._buffer.close()

    def stop(self, *, end_session: bool = False) -> None:
        """Disconnect after the acknowledgements have left; `end_session` has the broker forget the session."""
        self._buffer.close()
        self._stopping.set()
        if self._is_up:
            properties = Properties(PacketTypes.DISCONNECT)  # type: ignore[no-untyped-call]
            if end_session:
                properties.SessionExpiryInterval = 0
            self._client.disconnect(properties=properties)
        if self._thread.is_alive():
            self._thread.join(FLUSH_TIMEOUT_S)
        self._client.loop_stop()

    def _run(self) -> None:
        delays = reconnect_delays(first_s=0.2, longest_s=5.0)
        while not self._stopping.is_set() and not self.taken_over and not self.refused:
            self._lost.clear()
            before = self._connection
            try:
                connect(self._client, self._address, self._session)
            except OSError as error:
                log.warning("broker %s cannot be reached: %s", self._address, error)
            else:
                self._client.loop_start()
                self._lost.wait()
                self._client.loop_stop()
            if self._connection != before:
                delays = reconnect_delays(first_s=0.2, longest_s=5.0)
            self._stopping.wait(next(delays))

    def _connected(self, client: Client, _data: Any, flags: Any, reason: ReasonCode, _properties: Any) -> None:
        if reason.is_failure:
            if reason.value in REFUSALS:
                self.refused = f"the broker at {self._address} refuses {self._session.client_id}: {reason}"
            log.warning("broker %s refuses the connection: %s", self._address, reason)
            return
        self._connection += 1
        if self._connection > 1 and not flags.session_present:
            log.warning(
                "broker %s has lost session %s; what it had queued is gone",
                self._address,
                self._session.client_id,
            )
        self._is_up = True
        if self._knows_drops:
            _, self._drops = client.subscribe(DROPPED_TOPIC, qos=0)
        if self._wanted is not None:
            # Not "retain as published": a state sent a moment ago would look like a copy kept from before. And no
            # copies at every reconnect: the holder of slot 0 reads them apart.
            options = SubscribeOptions(qos=1, retainHandling=SubscribeOptions.RETAIN_DO_NOT_SEND)
            _, self._subscription = client.subscribe(self._wanted, options=options)
        if self._unwanted and flags.session_present:
            client.unsubscribe(self._unwanted)
        self.connected = self._wanted is None

    def _subscribed(self, _client: Client, _data: Any, mid: int, reasons: list[ReasonCode], _properties: Any) -> None:
        # Of $SYS nothing is expected: a broker may not offer it.
        if mid == self._drops:
            self._drops = None
        if mid != self._subscription:
            return
        if reasons[0].is_failure:
            self.refused = f"the broker at {self._address} refuses the subscription {self._wanted}: {reasons[0]}"
            return
        self.connected = True
        log.info("receiving %s as %s", self._wanted, self._session.client_id)

    def _disconnected(self, _client: Client, _data: Any, _flags: Any, reason: ReasonCode, _properties: Any) -> None:
        if self._drops is not None and not self.connected:
            # rumqttd ends the connection of whoever asks for $SYS, and without a SUBACK.
            self._knows_drops = False
        self._drops = None
        self.connected = self._is_up = False
        if reason.value == SESSION_TAKEN_OVER:
            self.taken_over = True
        if not self._stopping.is_set():
            log.warning("connection to broker %s ended: %s", self._address, reason)
        self._buffer.forget_connection()
        self._lost.set()

    def _message(self, _client: Client, _data: Any, message: MQTTMessage) -> None:
        received = _received(message, self._connection)
        if received.topic == DROPPED_TOPIC:
            self._on_dropped(int(received.payload or b"0"))
        else:
            self._buffer.put(received)


def _received(message: MQTTMessage, connection: int) -> Received:
    try:
        topic = message.topic
    except UnicodeDecodeError:  # a broker must not let it through; it is no topic of ours
        topic = "(not UTF-8)"
    return Received(
        topic,
        bytes(message.payload),
        getattr(message.properties, "ContentType", None),
        message.retain,
        time.time_ns() // 1_000_000,
        message.mid if message.qos else 0,
        connection,
    )


def retained(address: BrokerAddress, session: Session, topic_filter: str, stop: Event) -> Iterator[list[Received]]:
    """Batches of the retained messages of `topic_filter`, read once through a clean session of its own.

    Ends when none has come for a second. Raises OSError when the broker cannot be reached.
    """
    queue: SimpleQueue[Received] = SimpleQueue()
    client = new_client(address, session)
    client.on_connect = lambda c, *_: c.subscribe(topic_filter, qos=1)

    def message(_client: Client, _data: Any, message: MQTTMessage) -> None:
        if message.retain:
            queue.put(_received(message, 0)._replace(retain=False))

    client.on_message = message
    connect(client, address, session)
    client.loop_start()
    try:
        batch: list[Received] = []
        while not stop.is_set():
            try:
                batch.append(queue.get(timeout=RETAINED_QUIET_S))
            except Empty:
                break
            if len(batch) == RETAINED_BATCH:
                yield batch
                batch = []
        if batch:
            yield batch
    finally:
        client.disconnect()
        client.loop_stop()
