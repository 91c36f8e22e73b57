"""Where messages come from: the interface the worker needs, whatever client library is behind it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol


class Received(NamedTuple):
    """One PUBLISH as it came in."""

    topic: str
    payload: bytes
    content_type: str | None
    retain: bool
    arrived_at_ms: int
    packet_id: int
    """0 for QoS 0: nothing to acknowledge."""
    connection: int
    """Which connection of this receiver it came over; a packet identifier means nothing on another one."""


class Receiver(Protocol):
    """A subscription whose messages are acknowledged by hand, in the order they came (MQTT-4.6.0-2)."""

    connected: bool
    """The subscription stands."""
    taken_over: bool
    """Another client holds our session; this receiver will not connect again."""
    refused: str | None
    """Why the broker does not let us in; None when it does."""

    @property
    def connections(self) -> int:
        """How often the broker has let this receiver in."""
        ...

    def start(self) -> None:
        """Connect in the background, resuming the session; reconnects by itself until `stop`."""
        ...

    def take(self, timeout_s: float) -> list[Received]:
        """The next messages in order, at most one batch; an empty list after `timeout_s` without any."""
        ...

    def acknowledge(self, messages: Sequence[Received]) -> int:
        """Acknowledge what came over the present connection; returns how many. The others come again."""
        ...

    def unsubscribe(self) -> None:
        """Have no more messages queued for this session; those already queued still come."""
        ...

    def ask(self) -> None:
        """Have the broker answer behind everything it has sent and been sent before."""
        ...

    @property
    def answered(self) -> bool:
        """Whether it has, to all it was asked over the present connection, and that was something."""
        ...

    def finish(self) -> None:
        """Take nothing more in; what is held can still be taken and acknowledged."""
        ...

    def stop(self, *, end_session: bool = False) -> None:
        """Disconnect after what is acknowledged has left; `end_session` tells the broker to forget us."""
        ...
