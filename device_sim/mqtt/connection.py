"""One device's own connection: its credentials, its will, what it has sent and what was acknowledged."""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import orjson
from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from device_sim.errors import BrokerLost, BrokerRefused, SimulationError
from device_sim.mqtt.packing import Message
from wire import topics
from wire.broker import KEEPALIVE_S, BrokerAddress, reconnect_delays, tls_context

_log = logging.getLogger(__name__)

MAX_UNACKNOWLEDGED = 4
"""Messages of one device in flight: below any broker's receive maximum."""
FIRST_ATTEMPTS = 5
"""Tries before a broker that was never reached is given up."""
LONGEST_DELAY_S = 10.0
BARRED_S = 60.0
"""Between tries of a device whose credentials were revoked."""
REFUSALS = frozenset({0x84, 0x85, 0x86, 0x87, 0x8A, 0x8C})
"""CONNACK codes that no retry cures: protocol, client id, credentials, authorisation, banned, method."""


@dataclass(frozen=True)
class Broker:
    """Where devices connect. `port_v5` is for brokers that serve MQTT 5 on a port of its own."""

    host: str
    port: int
    port_v5: int | None = None
    tls: bool = False
    ca_file: Path | None = None

    @classmethod
    def at(cls, address: BrokerAddress, ca_file: Path | None = None) -> Broker:
        """The broker at `address`; its user and password are not used, every device has its own."""
        return cls(address.host, address.port, tls=address.tls, ca_file=ca_file)

    def __str__(self) -> str:
        return f"{'mqtts' if self.tls else 'mqtt'}://{self.host}:{self.port}"


@dataclass
class Tally:
    """Elements of one device: sent for the first time, sent again, and acknowledged by the broker."""

    sent: int = 0
    again: int = 0
    acknowledged: int = 0
    """Of the first-time ones, those in messages with a PUBACK: the platform must store each, once."""


class Connection:
    """A device's connection, driven from outside: nothing runs by itself, no thread is started."""

    def __init__(self, device: str, secret: str, broker: Broker, *, version: int, boot: int, conn: int) -> None:
        """`version` is 4 (MQTT 3.1.1) or 5; `boot` and `conn` as in the reported state."""
        self.device = device
        self.boot = boot
        self.conn = conn
        self.tally = Tally()
        self.online = False
        self.firmware = ""
        self._broker = broker
        self._port = broker.port_v5 if version == 5 and broker.port_v5 else broker.port
        self._waiting: dict[int, Message] = {}
        self._states: set[int] = set()
        self._fatal: SimulationError | None = None
        self._ever = self._closing = self._barred = False
        self._delays: Iterator[float] = reconnect_delays()
        self._attempts = 0
        self._next_try = 0.0
        protocol = MQTTProtocolVersion.MQTTv5 if version == 5 else MQTTProtocolVersion.MQTTv311
        self.client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=device,
            clean_session=None if version == 5 else True,
            protocol=protocol,
            reconnect_on_failure=False,
        )
        self.client.username_pw_set(device, secret)
        self.client.max_inflight_messages_set(MAX_UNACKNOWLEDGED + 2)
        if broker.tls:
            self.client.tls_set_context(tls_context(broker.ca_file))
        self.client.on_connect = self._on_connect
        self.client.on_disconnect = self._on_disconnect
        self.client.on_publish = self._on_publish

    @property
    def unacknowledged(self) -> int:
        """Messages and states without a PUBACK."""
        return len(self._waiting) + len(self._states)

    @property
    def bytes_in_flight(self) -> int:
        """Payload without a PUBACK."""
        return sum(len(message.payload) for message in self._waiting.values())

    @property
    def free(self) -> bool:
        """Whether another message may be published now."""
        return self.online and len(self._waiting) < MAX_UNACKNOWLEDGED

    def open(self, now: float) -> None:
        """Connect unless it is too early since the last attempt. `now` is monotonic seconds."""
        if self.client.socket() is not None or now < self._next_try:
            return
        self._will()
        try:
            self.client.connect(self._broker.host, self._port, keepalive=KEEPALIVE_S)
        except OSError as error:
            self._failed(now, str(error))

    def tend(self, now: float) -> None:
        """Keep-alive and reconnecting. Raises BrokerRefused, BrokerLost."""
        if self._fatal is not None:
            raise self._fatal
        if self.client.socket() is not None:
            self.client.loop_misc()
        else:
            self.open(now)

    def publish(self, message: Message) -> None:
        """Hand `message` to the broker, QoS 1; it counts as acknowledged at its PUBACK."""
        info = self.client.publish(topics.up(self.device, message.channel), message.payload, qos=1)
        self._waiting[info.mid] = message
        self.tally.sent += message.fresh
        self.tally.again += message.again

    def drop(self) -> None:
        """Lose the connection without a word, as a power cut does: the broker sends the will."""
        sock = self.client.socket()
        if sock is not None:
            # paho's type for it knows only what its web sockets have too.
            cast("socket.socket", sock).shutdown(socket.SHUT_RDWR)
            self.client.loop_read()

    def restarted(self, boot: int, firmware: str) -> None:
        """The device is up again after restart number `boot`; call `drop` first. It connects within a second."""
        self.boot, self.conn, self.firmware = boot, 1, firmware
        self._next_try = 0.0

    def close(self) -> None:
        """Say goodbye: retained offline state, then DISCONNECT (which discards the will)."""
        self._closing = True
        if self.online:
            self._state({"online": False, "boot": self.boot, "conn": self.conn})
        self.client.disconnect()

    def _will(self) -> None:
        will = {"online": False, "boot": self.boot, "conn": self.conn}
        self.client.will_set(topics.up(self.device, "state"), orjson.dumps(will), qos=1, retain=True)

    def _state(self, state: dict[str, Any]) -> None:
        info = self.client.publish(topics.up(self.device, "state"), orjson.dumps(state), qos=1, retain=True)
        self._states.add(info.mid)

    def _on_connect(
        self, _client: Client, _data: object, _flags: ConnectFlags, reason: ReasonCode, _props: Properties | None
    ) -> None:
        if reason.is_failure:
            if reason.value in REFUSALS and not self._ever:
                self._fatal = BrokerRefused(self.device, str(reason))
            elif reason.value in REFUSALS:
                self._barred = True
                _log.warning("the broker no longer admits %s (%s); trying again once a minute", self.device, reason)
            return
        self._barred = False
        self.online = self._ever = True
        self._delays, self._attempts = reconnect_delays(), 0
        state: dict[str, Any] = {
            "online": True, "boot": self.boot, "conn": self.conn, "ts": int(time.time() * 1000),
        }  # fmt: skip
        if self.firmware:
            state["firmware"] = self.firmware
        self._state(state)

    def _on_disconnect(
        self, _client: Client, _data: object, _flags: DisconnectFlags, reason: ReasonCode, _props: Properties | None
    ) -> None:
        was_online, self.online = self.online, False
        if was_online:
            self.conn += 1
        if self._fatal is None and not self._closing:
            self._failed(time.monotonic(), str(reason))

    def _failed(self, now: float, reason: str) -> None:
        self._attempts += 1
        if not self._ever and self._attempts >= FIRST_ATTEMPTS:
            self._fatal = BrokerLost(f"{self._broker.host}:{self._port}", reason)
        self._next_try = now + (BARRED_S if self._barred else min(LONGEST_DELAY_S, next(self._delays)))
        _log.debug("%s is disconnected (%s)", self.device, reason)

    def _on_publish(self, _client: Client, _data: object, mid: int, reason: ReasonCode, _props: Properties) -> None:
        self._states.discard(mid)
        message = self._waiting.pop(mid, None)
        if message is None:
            return
        if reason.is_failure:
            # Not authorised, quota, packet too large: the broker has not kept it.
            _log.warning("the broker refused a message of %s: %s", self.device, reason)
            return
        self.tally.acknowledged += message.fresh
