"""The broker a demo gets: Mosquitto where it is found, else what the `iotcore` wheel brings."""

from __future__ import annotations

from types import TracebackType
from typing import Protocol, Self

from vop.services.iotcore import Iotcore
from vop.services.mosquitto import Mosquitto, find_mosquitto, password_line

__all__ = ["Broker", "Iotcore", "Mosquitto", "find_mosquitto", "password_line"]


class Broker(Protocol):
    """What both have in common. All of it is on loopback."""

    @property
    def has_accounts(self) -> bool:
        """Whether devices need an account and are kept to their own topics."""
        ...

    @property
    def host(self) -> str:
        """The interface."""
        ...

    @property
    def port(self) -> int:
        """Of the device listener, MQTT 3.1.1."""
        ...

    @property
    def port_v5(self) -> int:
        """Of the device listener, MQTT 5; may be the same."""
        ...

    @property
    def service_url(self) -> str:
        """For `VOP_MQTT_URL` of ingest, password included."""
        ...

    def url_of(self, service: str, /) -> str:
        """The same for another service."""
        ...

    def start(self) -> Self:
        """Start, and return when it accepts connections."""
        ...

    def stop(self) -> None:
        """End it. Safe to call twice."""
        ...

    def reload(self) -> None:
        """Have it read the devices' accounts again."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...
