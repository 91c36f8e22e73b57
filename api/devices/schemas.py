"""Devices on the wire: registry, ownership, detail."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, JsonValue, StringConstraints

from api.parameters import Id, Instant, Text
from api.shapes import Answer, Body

Status = Literal["active", "suspended", "quarantined", "retired"]
Wanted = Literal["active", "suspended", "quarantined", "retired", "silent"]
Standing = Literal["connected", "disconnected", "reporting", "silent", "healthy", "faulty"]
Mark = Annotated[Text, StringConstraints(strip_whitespace=True, max_length=128)]
Zone = Annotated[str, Field(max_length=64, description="IANA time zone.")]


class Device(Answer):
    """One device, as registered."""

    device: str
    product: str
    serial: str | None
    batch: str | None
    hardware: str | None
    status: Status
    has_credentials: bool
    secret_at: datetime | None
    created_at: datetime


class Owner(Answer):
    """Who owns it now. The name is for those who may read customers, and for the care team."""

    customer: str
    name: str | None
    zone: str
    since: datetime


class OpenFault(Answer):
    """A fault reported and not yet reported over."""

    kind: str
    since: datetime


class Presence(Answer):
    """Three different things: connected, reporting, healthy. null: not known.

    While ingest is cut off nobody is called connected, and nobody silent: `receiving` is false then.
    """

    connected: bool | None
    connected_changed_at: datetime | None
    reporting: bool | None
    last_seen: datetime | None
    healthy: bool | None
    open_faults: list[OpenFault]
    receiving: bool = Field(description="Whether what devices publish reaches the platform now.")


class Summary(Answer):
    """A device, in a list."""

    device: Device
    owner: Owner | None
    presence: Presence
    firmware: str | None = Field(description="As it last reported.")
    coverage: float | None = Field(description="Share of the last seven days in which it was heard.")


class LatestValue(Answer):
    """The newest value of a signal by the device's own time."""

    value: bool | int | float | str
    ts: datetime
    boot: int
    seq: int


class Reported(Answer):
    """What the device last said of itself."""

    online: bool
    boot: int
    conn: int
    ts: datetime | None
    arrived_at: datetime
    firmware: str | None
    desired_version: int | None
    values: dict[str, JsonValue]


class Freshness(Answer):
    """How old this answer's newest data is."""

    measured_at: datetime | None
    arrived_at: datetime | None
    age_s: float | None
    """Seconds since `measured_at`."""


class Detail(Device):
    """A device with everything the reader may see. `owned_from`: nobody owns it now, and from then on somebody is to.
    `withheld`: it has items for the owner's care team alone.
    """

    owner: Owner | None
    owned_from: datetime | None
    presence: Presence
    reported: Reported | None
    freshness: Freshness
    latest: dict[str, LatestValue]
    withheld: bool


class NewDevice(Body):
    """A device to register."""

    device: Id
    product: Annotated[str, Field(max_length=64)]
    serial: Mark | None = None
    batch: Mark | None = None
    hardware: Mark | None = None


class Registered(Answer):
    """A device and its secret, which is shown this once; null when the answer is replayed."""

    device: Device
    secret: str | None


class ImportLine(NewDevice):
    """One line of a list. `customer` owns it from now on."""

    customer: Id | None = None


class ImportWanted(Body):
    """What a factory or a warehouse hands over. A second run of the same list changes nothing."""

    items: Annotated[list[ImportLine], Field(min_length=1, max_length=500)]


class Imported(Answer):
    """What became of one line."""

    device: str
    outcome: Literal["registered", "unchanged", "refused"]
    secret: str | None
    problem: str | None


class ImportResult(Answer):
    """One result a line, in order."""

    items: list[Imported]


class Ownership(Answer):
    """An ownership over `[since, until)`."""

    customer: str
    zone: str
    since: datetime
    until: datetime | None


class Ownerships(Answer):
    """All of them, oldest first."""

    items: list[Ownership]


class Span(Body):
    """An ownership to be: `[since, until)`, in the customer's own zone unless `zone` is given."""

    customer: Id
    since: Instant
    until: Instant | None = None
    zone: Zone | None = None


class OwnershipsWanted(Body):
    """The whole history; an empty list is a unit nobody owns."""

    items: Annotated[list[Span], Field(max_length=100)]
