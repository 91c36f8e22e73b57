"""What a device reported over time, on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field, JsonValue

from api.shapes import Answer


class Bucket(Answer):
    """One signal over `[t, t + bucket_s)`. Empty buckets are left out: nothing measured is not zero.

    `last` is there for counters, bool, enum and text; `mode`, the most frequent value, for enum.
    """

    signal: str
    t: datetime
    min: float | int | None
    avg: float | None
    max: float | int | None
    n: int
    last: bool | int | float | str | None = None
    mode: str | None = None


class Series(Answer):
    """A signal that was asked for."""

    signal: str
    type: str
    unit: str


class History(Answer):
    """Signals in buckets, by signal and then oldest first. `[from, to)` is what was answered: of a sensitive signal
    the part its reader may see. `source` is `rollup` for buckets of an hour and wider, else `raw`; both are exact.
    Where raw readings are gone, no bucket is narrower than an hour, and an hour at either end counts whole."""

    device: str
    from_: datetime = Field(alias="from")
    to: datetime
    bucket_s: int
    source: Literal["raw", "rollup"]
    signals: list[Series]
    items: list[Bucket]


class Event(Answer):
    """Something that happened. `lag_ms`: how long after it we heard; `quality`: 0 is beyond doubt."""

    ts: datetime
    boot: int
    seq: int
    lag_ms: int
    quality: int
    kind: str
    attrs: dict[str, JsonValue]
    extra: dict[str, JsonValue] | None


class Entry(Answer):
    """One line of the timeline."""

    at: datetime
    source: Literal["boot", "connection", "event", "firmware", "ownership"]
    kind: str
    detail: dict[str, JsonValue]
