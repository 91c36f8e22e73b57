"""The shape of a product file, as pydantic models. docs/catalog.md documents every key.

Reading a file never runs code of the product's: a product is data (see docs/decisions).
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, StringConstraints, field_validator, model_validator
from pydantic_core import PydanticCustomError

from catalog.quantities import (
    Attribute,
    Key,
    Line,
    Quantity,
    Setting,
    Signal,
    SignalType,
    Strict,
    Text,
    broken_rule,
)
from catalog.references import findings, problems

__all__ = [
    "Attribute", "Battery", "Command", "Doses", "Event", "FailureMode", "Fault", "Key", "Product", "ProductKey",
    "Quantity", "Role", "Setting", "Signal", "SignalType", "Stock", "Text", "Topic", "Use", "Words",
]  # fmt: skip

MAX_SIGNALS = 400
"""PostgreSQL allows 1,600 columns a table; wide rows stop paying off long before."""

ProductKey = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
"""Shorter than other keys: it is part of table and partition names (63 bytes in PostgreSQL)."""
Topic = Literal[
    "usage_frequency", "usage_duration", "missed_doses", "adherence", "battery_runtime",
    "fault_frequency", "fault_since", "stock_level", "stock_consumption", "last_used",
]  # fmt: skip
Role = Literal["admin", "support", "maintenance", "clinician", "carer", "stock", "quality"]


class Event(Strict):
    """A kind of event the product reports."""

    key: Key
    label: Text
    severity: Literal["info", "warning", "error"] = "info"
    sensitive: bool = False
    attribute: tuple[Attribute, ...] = ()


class Use(Strict):
    """What counts as *using* the product once. Belongs to the local day of its start."""

    event: Key
    """The event that completes (or is) a use."""
    start: Key | None = None
    """The event that begins it; absent: the use is instantaneous or carries `duration`. A start
    that meets no `event` before the next start or boot is an unfinished use, and marked."""
    duration: Key | None = None
    """Attribute of `event` with the length in minutes (UCUM `min`)."""
    minimum_s: Annotated[float, Field(ge=0)] = 0
    """Shorter ones are not uses."""
    count: Literal[1] | Key = 1
    """How many uses one event stands for: 1, or an integer attribute of `event`."""
    counter: Key | None = None
    """Counter signal that rises by one with every use, kept by the device over restarts: it tells how many there
    were while the device was not heard. One that also counts what is too short bounds from above alone."""
    duration_counter: Key | None = None
    """Counter signal of the minutes (UCUM `min`) it was used in all."""


class Battery(Strict):
    """How the product tells how long one charge, or one battery, lasts."""

    empty: Key
    """The event with which it is empty."""
    runtime: Key | None = None
    """Attribute of `empty` with the time this charge lasted, in minutes (UCUM `min`)."""
    full: Key | None = None
    """The event after which it is full, charged or replaced; without `runtime` a charge lasts from it to `empty`."""


class Stock(Strict):
    """What the product holds or stands by, and what is taken of it."""

    level: Key
    """Signal of how many items are there now."""
    taken: Key
    """The event that items were taken."""
    items: Key | None = None
    """Attribute of `taken` with how many; absent: one."""
    counter: Key | None = None
    """Counter signal of the items taken in all."""


class Doses(Strict):
    """Doses that are due, and what became of them."""

    taken: Key
    """The event that a dose was taken out."""
    missed: Key
    """The event that a dose was missed."""
    count: Key | None = None
    """Attribute of both with how many doses; absent: one."""


class Words(Strict):
    """Words people use for a fault, by language."""

    en: Annotated[tuple[Line, ...], Field(min_length=1)]
    fa: Annotated[tuple[Line, ...], Field(min_length=1)]


class Fault(Strict):
    """A fault customers talk about, as the product reports it."""

    kind: Key
    label: Text
    opened_by: Key
    closed_by: Key | None = None
    words: Words


class FailureMode(Strict):
    """A part that wears out, and what preventing its failure is worth. Money in `VOP_CURRENCY`."""

    key: Key
    label: Text
    part: Text
    signals: Annotated[tuple[Key, ...], Field(min_length=1)]
    horizon_days: Annotated[float, Field(gt=0)]
    action: Text
    parts: tuple[str, ...] = ()
    """Stock-keeping units the visit needs."""
    cost_failure: Annotated[float, Field(ge=0)]
    cost_visit: Annotated[float, Field(ge=0)]
    cost_part: Annotated[float, Field(ge=0)]
    lead_time_days: Annotated[float, Field(ge=0)]
    visit_effect: Annotated[float, Field(ge=0, le=1)]
    """Share of failures a visit in time prevents."""


class Command(Strict):
    """Something a person may ask the product to do."""

    name: Key
    label: Text
    roles: Annotated[tuple[Role, ...], Field(min_length=1)]
    timeout_s: Annotated[float, Field(gt=0)]
    exclusive: bool = False
    """At most one of its kind runs at a time on a device."""
    argument: tuple[Attribute, ...] = ()


HEARTBEATS: Final = 3
"""How many heartbeats an element vouches for, and a device may be quiet before it counts as silent: one may be lost,
the next be late (DESIGN decision 9). Coverage, gaps, presence and the silence job all go by it."""


class Product(Strict):
    """One product file."""

    key: ProductKey
    version: Annotated[int, Field(ge=1, le=2**31 - 1)]
    """Raised with every change of the file."""
    label: Text
    heartbeat_s: Annotated[float, Field(gt=0)]
    """Longest silence of a healthy idle unit, in seconds."""
    signal: Annotated[tuple[Signal, ...], Field(min_length=1, max_length=MAX_SIGNALS)]
    event: tuple[Event, ...] = ()
    use: Use | None = None
    battery: Battery | None = None
    stock: Stock | None = None
    doses: Doses | None = None
    fault: tuple[Fault, ...] = ()
    failure_mode: tuple[FailureMode, ...] = ()
    command: tuple[Command, ...] = ()
    setting: tuple[Setting, ...] = ()
    claim_topics: tuple[Topic, ...] = ()

    @field_validator("key")
    @classmethod
    def _no_partition(cls, key: str) -> str:
        if re.search(r"_p\d{4}_\d{2}$", key):
            raise broken_rule(f"{key!r} ends like the name of a month's partition", "another key, such as 'jug_2026'")
        return key

    @property
    def table(self) -> str:
        """Name of the table its readings are kept in."""
        return f"telemetry_{self.key}"

    @property
    def usage_is_sensitive(self) -> bool:
        """Whether figures made from its uses are for the customer's care team alone."""
        if self.use is None:
            return False
        events = (self.event_of(key) for key in (self.use.event, self.use.start) if key is not None)
        return any(event.sensitive or any(a.sensitive for a in event.attribute) for event in events if event)

    def signal_of(self, key: str) -> Signal | None:
        """The declared signal `key`, or None."""
        return next((s for s in self.signal if s.key == key), None)

    def event_of(self, key: str) -> Event | None:
        """The declared event `key`, or None."""
        return next((e for e in self.event if e.key == key), None)

    @model_validator(mode="after")
    def _references(self) -> Self:
        found = list(findings(self))
        if found:
            context: dict[str, Any] = {"message": "; ".join(problems(self)), "findings": found}
            raise PydanticCustomError("references", "{message}", context)
        return self
