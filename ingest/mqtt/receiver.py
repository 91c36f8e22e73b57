"""The receiver: MQTT 5, a persistent session, acknowledgement by hand. See `ingest.receiver.Receiver`.

One thread reads; it reads nothing while the buffer is full, and goes on with keep-alive and with acknowledgements that
the socket did not take at once. Acknowledgements are sent by whoever asks for them; those for a connection that is gone
are withheld, for a broker that lost our session may since have given the packet identifier to another message.
"""

from __future__ import annotations

import logging
import ssl
import time
from collections.abc import Callable, Sequence
from threading import Event as Flag
from threading import Lock, Thread
from typing import Final

from ingest.buffer import Buffer
from ingest.mqtt import packets, reasons
from ingest.mqtt.link import CONNECT_TIMEOUT_S, Link
from ingest.mqtt.protocol import BrokerSays, Connected, End, Event, Granted, Protocol
from ingest.mqtt.pulse import Pulse
from ingest.receiver import Received
from wire.broker import BrokerAddress, Session, reconnect_delays

log = logging.getLogger(__name__)

DROPPED_TOPIC: Final = "$SYS/broker/publish/messages/dropped"
"""Mosquitto's count of messages it threw away; other brokers may not have it."""

REFUSALS: Final = frozenset({0x84, 0x85, 0x86, 0x87, 0x8A, 0x8C})
"""Reason codes of CONNACK that trying again does not change: version, client id, credentials, authorisation, ban."""

FIRST_DELAY_S: Final = 0.2
LONGEST_DELAY_S: Final = 5.0
FLUSH_TIMEOUT_S: Final = 5.0
TICK_S: Final = 0.5
HELD_S: Final = 10.0
"""A connection that ends sooner does not make the next attempt an early one: Mosquitto before 2.0.15 does not say that
another client took the session over, and two that come back at once would take it from each other for ever."""

# Packet identifiers of our own requests. Filters may be given up more than once: those count on from the third.
DROPS_ID: Final = 1
WANTED_ID: Final = 2
UNWANTED_ID: Final = 3


def _ignore(_count: int) -> None:
    """Nobody asked to be told."""


class MqttReceiver:
    """One session's messages: of the filter `wanted`, or with None only what is queued.

    The session may remember filters of another mode of working, `unwanted`: they are given up at every connection.
    `tls` takes the place of the system's authorities for mqtts://.
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
        on_redelivered: Callable[[int], None] = _ignore,
        tls: ssl.SSLContext | None = None,
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
        self._on_redelivered = on_redelivered
        self._tls = tls
        self._connection = 0
        self._lock = Lock()  # of what `unsubscribe` and `stop` change under the reading thread
        self._link: Link | None = None
        """Set while the broker has let us in."""
        self._pings = self._pongs = 0
        """Of the present connection."""
        self._unwanted_id = UNWANTED_ID
        self._knows_drops = True
        self._asked_drops = False
        self._said = ""
        self._stopping = Flag()
        self._thread = Thread(target=self._run, name=f"receiver-{session.client_id}", daemon=True)

    @property
    def connections(self) -> int:
        """How often the broker has let us in."""
        return self._connection

    def start(self) -> None:
        """Connect in the background; reconnects by itself until `stop`."""
        self._thread.start()

    def take(self, timeout_s: float) -> list[Received]:
        """The next batch in order; an empty list after `timeout_s` without a message."""
        return self._buffer.take(timeout_s)

    def acknowledge(self, messages: Sequence[Received]) -> int:
        """Acknowledge, in order, what came over the present connection."""
        with self._lock:
            link, connection = self._link, self._connection
        if link is None:
            return 0
        own = [m.packet_id for m in messages if m.packet_id and m.connection == connection]
        return len(own) if own and link.send(packets.pubacks(own)) else 0

    def unsubscribe(self) -> None:
        """Have no more messages queued for this session; those already queued still come."""
        with self._lock:
            if self._wanted is None:
                return
            self._unwanted.append(self._wanted)
            self._wanted = None
            if self._link:
                self._give_up_unwanted(self._link)

    def ask(self) -> None:
        """Have the broker answer behind everything it has sent and been sent before."""
        with self._lock:
            if self._link:
                self._ping(self._link)

    @property
    def answered(self) -> bool:
        """Whether it has, to all it was asked over the present connection, and that was something."""
        with self._lock:
            return 0 < self._pings <= self._pongs

    def finish(self) -> None:
        """Take nothing more in."""
        self._buffer.close()

    def stop(self, *, end_session: bool = False) -> None:
        """Disconnect after the acknowledgements have left; `end_session` has the broker forget the session."""
        self._buffer.close()
        with self._lock:
            self._stopping.set()
            link = self._link
        if link:
            # The broker closes upon it: closing first could take back what is still on its way there.
            link.send(packets.disconnect(reasons.NORMAL_DISCONNECTION, expiry_s=0 if end_session else None))
        if self._thread.is_alive():
            self._thread.join(FLUSH_TIMEOUT_S)
            if link:
                link.abort()
                self._thread.join(FLUSH_TIMEOUT_S)

    def _run(self) -> None:
        delays = reconnect_delays(first_s=FIRST_DELAY_S, longest_s=LONGEST_DELAY_S)
        while not self._stopping.is_set() and not self.taken_over and not self.refused:
            started = time.monotonic()
            if self._connect_once() and time.monotonic() > started + HELD_S:
                delays = reconnect_delays(first_s=FIRST_DELAY_S, longest_s=LONGEST_DELAY_S)
            self._stopping.wait(next(delays))

    def _connect_once(self) -> bool:
        """Connect, and receive until the connection is over; returns whether the broker let us in."""
        try:
            link = Link.open(self._address, self._tls)
        except (OSError, ValueError) as error:  # a host name that cannot be one is a ValueError
            self._say(f"broker {self._address} cannot be reached: {error}")
            return False
        before = self._connection
        try:
            self._receive(link)
        except OSError as error:
            self._ended(str(error))
        except Exception:  # whatever it was, another connection begins anew: nobody else would start one
            log.exception("connection to broker %s ended", self._address)
        finally:
            with self._lock:
                self._link = None
                self.connected = False
            link.close()
            self._buffer.forget_connection()
        if self._asked_drops and self._connection != before:
            # rumqttd ends the connection of whoever asks for $SYS, and without a SUBACK.
            log.info("broker %s does not tell how many messages it throws away", self._address)
            self._knows_drops = False
        self._asked_drops = False
        return self._connection != before

    def _receive(self, link: Link) -> None:
        """Raises OSError at the end of the connection."""
        if self._stopping.is_set():
            return  # whoever has the session by now keeps it
        protocol = Protocol(self._connection + 1)
        link.send(packets.connect(self._address, self._session))
        opened_at = time.monotonic()
        pulse = Pulse(self._session.keepalive_s, opened_at)
        while True:
            while not self._buffer.wait_for_room(TICK_S):
                link.flush()
                self._keep_alive(link, pulse, listening=False)
            data = link.receive(TICK_S)
            if data:
                pulse.heard(time.monotonic())
                output = protocol.feed(data, time.time_ns() // 1_000_000)
                for event in output.events:
                    pulse = self._event(event, link, pulse)
                self._buffer.put_all(output.messages)
                with self._lock:  # only now: who sees the answer finds what came before it
                    self._pongs += output.pongs
                if output.redelivered:
                    self._on_redelivered(output.redelivered)
                if output.end:
                    self._end(output.end, link)
                    return
            self._keep_alive(link, pulse, listening=True)
            if self._stopping.is_set() and (self._link is None or not (data or link.unsent_bytes)):
                return
            if self._link is None and time.monotonic() > opened_at + CONNECT_TIMEOUT_S:
                raise TimeoutError(f"no answer to CONNECT within {CONNECT_TIMEOUT_S:.0f} s")

    def _keep_alive(self, link: Link, pulse: Pulse, *, listening: bool) -> None:
        now = time.monotonic()
        if not listening:
            pulse.heard(now)
        if self._link and pulse.wants_ping(now):
            with self._lock:
                self._ping(link)
        if pulse.is_dead(now):
            raise TimeoutError("the broker has been silent for one and a half keep-alives")

    def _ping(self, link: Link) -> None:
        self._pings += 1
        link.send(packets.PINGREQ)

    def _event(self, event: Event, link: Link, pulse: Pulse) -> Pulse:
        if isinstance(event, Connected):
            self._established(event, link)
            if event.keepalive_s is not None:
                return Pulse(event.keepalive_s, time.monotonic())
        elif isinstance(event, Granted):
            self._granted(event)
        elif event.topic == DROPPED_TOPIC:
            self._on_dropped(_count(event))
        return pulse

    def _established(self, event: Connected, link: Link) -> None:
        with self._lock:
            if self._stopping.is_set():
                return
            self._connection += 1
            self._said = ""
            self._link = link
            self._pings = self._pongs = 0
            self._unwanted_id = UNWANTED_ID
            if self._knows_drops:
                self._asked_drops = True
                retained = packets.SEND_RETAINED
                link.send(packets.subscribe(DROPS_ID, DROPPED_TOPIC, qos=0, retained=retained))
            if self._wanted is not None:
                # No copies at every reconnect: the holder of slot 0 reads them apart.
                retained = packets.DO_NOT_SEND_RETAINED
                link.send(packets.subscribe(WANTED_ID, self._wanted, qos=1, retained=retained))
            if self._unwanted and event.session_present:
                self._give_up_unwanted(link)
            self.connected = self._wanted is None
        if self._connection > 1 and not event.session_present:
            log.warning(
                "broker %s has lost session %s; what it had queued is gone", self._address, self._session.client_id
            )
        if event.expiry_s is not None and event.expiry_s < self._session.expiry_s:
            log.warning(
                "broker %s keeps session %s for %d s only, not for %d",
                self._address,
                self._session.client_id,
                event.expiry_s,
                self._session.expiry_s,
            )

    def _give_up_unwanted(self, link: Link) -> None:
        link.send(packets.unsubscribe(self._unwanted_id, self._unwanted))
        self._unwanted_id += 1

    def _granted(self, event: Granted) -> None:
        failed = [code for code in event.reasons if code >= reasons.FAILURE]
        if event.packet_id == DROPS_ID:
            # Of $SYS nothing is expected: a broker may not offer it.
            self._asked_drops = False
        elif event.packet_id >= UNWANTED_ID and failed:
            log.warning("broker %s keeps a subscription we gave up: %s", self._address, reasons.name(failed[0]))
        elif event.packet_id == WANTED_ID and failed:
            why = reasons.name(failed[0])
            self.refused = f"the broker at {self._address} refuses the subscription {self._wanted}: {why}"
        elif event.packet_id == WANTED_ID and event.reasons[0] == reasons.GRANTED_QOS_0:
            self.refused = (
                f"the broker at {self._address} grants {self._wanted} at QoS 0 only, so it would take what it sends "
                "for received before it is stored; allow QoS 1 on this listener (Mosquitto: max_qos)"
            )
        elif event.packet_id == WANTED_ID:
            self.connected = True
            log.info("receiving %s as %s", self._wanted, self._session.client_id)

    def _end(self, end: End, link: Link) -> None:
        link.send(end.farewell)
        if not end.refused:
            self.taken_over = end.reason == reasons.SESSION_TAKEN_OVER
            self._ended(end.text)
            return
        if end.reason in REFUSALS:
            self.refused = f"the broker at {self._address} refuses {self._session.client_id}: {end.text}"
        self._say(f"broker {self._address} refuses the connection: {end.text}")

    def _ended(self, why: str) -> None:
        if not self._stopping.is_set():
            self._say(f"connection to broker {self._address} ended: {why}")

    def _say(self, problem: str) -> None:
        """Warn of a problem once, not at every attempt."""
        if problem != self._said:
            log.warning("%s", problem)
        self._said = problem


def _count(said: BrokerSays) -> int:
    return int(said.payload) if said.payload.isdigit() else 0
