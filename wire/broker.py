"""The paho side that every service with a broker connection shares: address, TLS, MQTT 5 session,
reconnecting.

Nothing here runs a loop or decides when to acknowledge: that is the service's own business.
"""

from __future__ import annotations

import random
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from wire.errors import BadBrokerUrl

SETTING: Final = "VOP_MQTT_URL"
FORM: Final = "mqtt://user:password@host:port (mqtts:// for TLS)"

PORT: Final = 1883
TLS_PORT: Final = 8883
KEEPALIVE_S: Final = 30
"""A dead connection is noticed after 1.5 times this (MQTT 5, 3.1.2.10)."""

MAX_RECEIVE_MAXIMUM: Final = 65_535
NEVER_EXPIRES_S: Final = 2**32 - 1
"""Session expiry that means "keep it for ever" (MQTT 5, 3.1.2.11.2)."""

FIRST_DELAY_S: Final = 1.0
LONGEST_DELAY_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class BrokerAddress:
    """Where the broker is and who we are there. Its text form never shows the password."""

    host: str
    port: int
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: bool = False

    @classmethod
    def parse(cls, url: str, *, setting: str = SETTING) -> BrokerAddress:
        """Read `mqtt://` or `mqtts://user:password@host:port`; user and password are
        percent-encoded.

        Raises BadBrokerUrl, which names `setting` and repeats no part of what may be a secret.
        """
        parts = _split(url, setting)
        if parts.scheme not in ("mqtt", "mqtts"):
            raise _bad(setting, "does not begin with mqtt:// or mqtts://")
        tls = parts.scheme == "mqtts"
        if parts.path not in ("", "/") or parts.query or parts.fragment:
            raise _bad(setting, "goes on after the port; write / ? # in a password as %2F %3F %23")
        try:
            host, port = parts.hostname, parts.port
        except ValueError:
            # Not chained: the message of urllib repeats what it took for a port, which may be a
            # password.
            raise _bad(setting, "has no number from 1 to 65535 for a port") from None
        if not host:
            raise _bad(setting, "names no host")
        if port == 0:
            raise _bad(setting, "has no number from 1 to 65535 for a port")
        if parts.password is not None and not parts.username:
            raise _bad(setting, "has a password and no user")
        return cls(
            host=host,
            port=port or (TLS_PORT if tls else PORT),
            user=_unquoted(parts.username, setting) or None,
            password=_unquoted(parts.password, setting),
            tls=tls,
        )

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'mqtts' if self.tls else 'mqtt'}://{host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Session:
    """What the broker keeps of us while we are away (MQTT 5)."""

    client_id: str
    expiry_s: int = 0
    """How long the broker keeps subscriptions and undelivered messages; 0: not beyond the
    connection.
    """
    clean_start: bool = False
    """Throw away what the broker kept. False resumes it."""
    receive_maximum: int = MAX_RECEIVE_MAXIMUM
    """Most QoS 1 messages in flight to us without our acknowledgement."""
    keepalive_s: int = KEEPALIVE_S

    def __post_init__(self) -> None:
        if not 0 <= self.expiry_s <= NEVER_EXPIRES_S:
            raise ValueError(f"expiry_s must be 0 to {NEVER_EXPIRES_S} seconds, not {self.expiry_s}")
        if not 1 <= self.receive_maximum <= MAX_RECEIVE_MAXIMUM:
            raise ValueError(f"receive_maximum must be 1 to {MAX_RECEIVE_MAXIMUM}, not {self.receive_maximum}")

    def connect_properties(self) -> Properties:
        """The properties of the CONNECT packet."""
        # No Maximum Packet Size: below the broker's own limit it would discard messages without a
        # word.
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        properties.SessionExpiryInterval = self.expiry_s
        properties.ReceiveMaximum = self.receive_maximum
        return properties


def tls_context(
    ca_file: Path | None = None, *, certificate: Path | None = None, key: Path | None = None
) -> ssl.SSLContext:
    """TLS 1.2 or newer, the broker's certificate and name checked against `ca_file` or the system's
    authorities.

    `certificate` and `key` are ours, for brokers that ask for them. Raises OSError or ssl.SSLError.
    """
    context = ssl.create_default_context(cafile=None if ca_file is None else str(ca_file))
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if certificate is not None:
        context.load_cert_chain(str(certificate), None if key is None else str(key))
    return context


def new_client(
    address: BrokerAddress,
    session: Session,
    *,
    manual_ack: bool = False,
    tls: ssl.SSLContext | None = None,
) -> Client:
    """An MQTT 5 client that is not connected yet; pass it to `connect` when its callbacks are set.

    With `manual_ack` nothing is acknowledged until `Client.ack` is called. The client does not
    reconnect by itself, for it would do so in step with all others: wait for the next of
    `reconnect_delays`, then `Client.reconnect`.
    """
    client = Client(
        CallbackAPIVersion.VERSION2,
        client_id=session.client_id,
        protocol=MQTTProtocolVersion.MQTTv5,
        reconnect_on_failure=False,
        manual_ack=manual_ack,
    )
    if address.user is not None:
        client.username_pw_set(address.user, address.password)
    if address.tls:
        client.tls_set_context(tls if tls is not None else tls_context())
    return client


def connect(client: Client, address: BrokerAddress, session: Session) -> None:
    """Open the connection and send CONNECT; the answer arrives at `on_connect`. Raises OSError."""
    client.connect(
        address.host,
        address.port,
        keepalive=session.keepalive_s,
        clean_start=session.clean_start,
        properties=session.connect_properties(),
    )


def reconnect_delays(
    source: random.Random | None = None,
    *,
    first_s: float = FIRST_DELAY_S,
    longest_s: float = LONGEST_DELAY_S,
) -> Iterator[float]:
    """Seconds to wait before each further attempt, without end. Take a new one after a connection
    that held.

    Each is drawn evenly between 0 and a bound that doubles from `first_s` to `longest_s`, so that a
    thousand clients cut off together do not come back together ("full jitter", AWS Architecture
    Blog, 2015).
    """
    drawn = source if source is not None else random.Random()  # noqa: S311 - spreads load, guards nothing
    bound = first_s
    while True:
        yield drawn.uniform(0, bound)
        bound = min(longest_s, bound * 2)


def _split(url: str, setting: str) -> SplitResult:
    try:
        return urlsplit(url.strip())
    except ValueError:
        raise _bad(setting, "is not a URL") from None


def _unquoted(text: str | None, setting: str) -> str | None:
    if text is None:
        return None
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError:
        raise _bad(setting, "has a user or password that is not percent-encoded UTF-8") from None


def _bad(setting: str, problem: str) -> BadBrokerUrl:
    return BadBrokerUrl(f"{setting} {problem}. Write it as {FORM}, percent-encoding user and password")
