"""What a device can say, once understood: the shapes `wire` produces and `store` keeps.

They live below both rooms because neither knows the other. All are immutable tuples: a worker makes
tens of thousands a second, and a `NamedTuple` costs a third of a frozen dataclass.
"""

from __future__ import annotations

from enum import IntFlag, StrEnum
from typing import NamedTuple, TypeAlias

Scalar: TypeAlias = bool | int | float | str
Json: TypeAlias = bool | int | float | str | list["Json"] | dict[str, "Json"] | None

NO_BOOT = -1
"""`boot` of an element whose device keeps no counters; its `seq` is then a hash of its content."""


class Quality(IntFlag):
    """Doubts about a stored element, kept beside it (smallint). 0 is beyond doubt."""

    OK = 0
    RANGE = 1
    """At least one value lies outside the plausible range its product declares."""
    CLOCK = 2
    """The device's own time was absent or unusable; `ts` was resolved from arrival."""
    UNDECLARED = 4
    """It carries keys, or is of an event kind, that the catalogue does not declare."""


class Reason(StrEnum):
    """Why an element was refused; the words of the wire contract."""

    NOT_UTF8 = "not_utf8"
    NOT_JSON = "not_json"
    TOO_DEEP = "too_deep"
    TOO_LARGE = "too_large"
    WRONG_SHAPE = "wrong_shape"
    WRONG_TYPE = "wrong_type"
    NOT_FINITE = "not_finite"
    BAD_TS = "bad_ts"
    UNKNOWN_DEVICE = "unknown_device"
    BAD_TOPIC = "bad_topic"
    CONTENT_TYPE = "content_type"
    CONFLICT = "conflict"
    DATABASE = "database"


class Previous(NamedTuple):
    """The last element of the boot before, as named by the first element of a new one."""

    boot: int
    seq: int


class Reading(NamedTuple):
    """Values measured at one instant. `(device, ts_ms, boot, seq)` is its identity."""

    index: int  # type: ignore[assignment]  # hides tuple.index, which nobody needs here
    """Place in its message, from 0."""
    ts_ms: int
    """Milliseconds since the epoch, UTC: measured, or resolved when `Quality.CLOCK` is set."""
    boot: int
    seq: int
    quality: int
    values: dict[str, Scalar]
    """Declared signals only, in the catalogue's types."""
    extra: dict[str, Json] | None
    """Undeclared keys; `device_ts` when the clock was not usable."""
    previous: Previous | None


class Event(NamedTuple):
    """Something that happened at one instant. Shares identity and `seq` counter with `Reading`."""

    index: int  # type: ignore[assignment]  # hides tuple.index, which nobody needs here
    ts_ms: int
    boot: int
    seq: int
    quality: int
    kind: str
    attrs: dict[str, Json]
    extra: dict[str, Json] | None
    previous: Previous | None


class State(NamedTuple):
    """What a device reports of itself, or its last will.

    Ordered by `(boot, conn)`, offline after online.
    """

    index: int  # type: ignore[assignment]  # hides tuple.index, which nobody needs here
    online: bool
    boot: int
    conn: int
    ts_ms: int | None
    firmware: str | None
    desired_version: int | None
    values: dict[str, Json]


Element: TypeAlias = Reading | Event | State


class Reject(NamedTuple):
    """An element (or a whole message: index 0) that is kept in the dead letters instead."""

    index: int  # type: ignore[assignment]  # hides tuple.index, which nobody needs here
    reason: Reason
    detail: str
    """What is wrong, with the key but never the value: it may be personal."""
    boot: int | None = None
    """As the element says, where that can be read: its number did come, and is not lost."""
    seq: int | None = None
