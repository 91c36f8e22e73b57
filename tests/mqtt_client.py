"""A paho client for tests: what it was told is in lists, and waiting has a deadline."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from tests.waiting import poll

V311 = MQTTProtocolVersion.MQTTv311
V5 = MQTTProtocolVersion.MQTTv5


class Client:
    """One connection, made by `connected`."""

    def __init__(self, client_id: str, version: MQTTProtocolVersion) -> None:
        self.paho = paho.Client(CallbackAPIVersion.VERSION2, client_id, protocol=version)
        self.version = version
        self.received: list[tuple[str, bytes]] = []
        self.connects: list[ReasonCode] = []
        self.promises: Properties | None = None  # of the last CONNACK, MQTT 5
        self.disconnects: list[ReasonCode] = []
        self.acknowledged: dict[int, ReasonCode] = {}
        self.granted: dict[int, list[ReasonCode]] = {}
        self.paho.on_connect = self._on_connect
        self.paho.on_disconnect = self._on_disconnect
        self.paho.on_message = self._on_message
        self.paho.on_publish = self._on_publish
        self.paho.on_subscribe = self._on_subscribe

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> ReasonCode:
        """Publish at QoS 1 and return the PUBACK's reason (always Success with 3.1.1)."""
        sent = self.paho.publish(topic, payload, qos=1, retain=retain)
        return poll(
            lambda: self.acknowledged.get(sent.mid),
            until=lambda reason: reason is not None,
            what=f"the acknowledgement of {topic}",
        ) or ReasonCode(PacketTypes.PUBACK)

    def subscribe(self, topic: str) -> ReasonCode:
        """Subscribe at QoS 1 and return the SUBACK's reason."""
        _, mid = self.paho.subscribe(topic, qos=1)
        assert mid is not None
        return poll(lambda: self.granted.get(mid), what=f"the subscription of {topic}", until=bool)[0]  # type: ignore[index]

    def _on_connect(self, _client: Any, _data: Any, _flags: Any, reason: ReasonCode, more: Properties | None) -> None:
        self.connects.append(reason)
        self.promises = more

    def _on_disconnect(self, _client: Any, _data: Any, _flags: Any, reason: ReasonCode, _more: Any) -> None:
        self.disconnects.append(reason)

    def _on_message(self, _client: Any, _data: Any, message: paho.MQTTMessage) -> None:
        self.received.append((message.topic, bytes(message.payload)))

    def _on_publish(self, _client: Any, _data: Any, mid: int, reason: ReasonCode, _more: Any) -> None:
        self.acknowledged[mid] = reason

    def _on_subscribe(self, _client: Any, _data: Any, mid: int, reasons: list[ReasonCode], _more: Any) -> None:
        self.granted[mid] = reasons


@contextmanager
def connected(
    host: str,
    port: int,
    user: str | None,
    password: str | None,
    *,
    client_id: str | None = None,
    version: MQTTProtocolVersion = V5,
    persistent: bool = False,
) -> Iterator[Client]:
    """A client whose CONNECT has been answered; `persistent` keeps its session for an hour."""
    client = Client(client_id if client_id is not None else user or "", version)
    if user is not None:
        client.paho.username_pw_set(user, password)
    if version == V5:
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        properties.SessionExpiryInterval = 3600 if persistent else 0
        client.paho.connect(host, port, clean_start=not persistent, properties=properties)
    else:
        client.paho._clean_session = not persistent
        client.paho.connect(host, port)
    client.paho.loop_start()
    try:
        poll(lambda: client.connects, what=f"an answer to CONNECT of {user}")
        yield client
    finally:
        client.paho.disconnect()
        client.paho.loop_stop()
