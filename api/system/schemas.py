"""The platform's state on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from api.shapes import Answer

Level = Literal["ok", "warn", "fail", "unknown"]


class Check(Answer):
    """One thing that was looked at, as `vop doctor` says it."""

    name: str
    level: Level
    what: str
    do: str


class Slot(Answer):
    """A subscription of ingest."""

    slot: int
    worker: str | None
    held: bool
    held_since: datetime | None
    hearing_since: datetime | None
    seen_at: datetime
    drained_at: datetime | None


class Ingest(Answer):
    """Whether what devices publish reaches the platform, and how fresh it is when it does."""

    receiving: bool
    why_not: str | None
    last_arrival_at: datetime | None
    median_lag_s: float | None = Field(description="From measuring to arrival, of the devices heard last.")
    worst_lag_s: float | None = Field(description="The same, of all but the slowest hundredth.")
    devices: int = Field(description="How many devices these are of.")
    slots: list[Slot]


class Job(Answer):
    """A job of the relay."""

    job: str
    every_s: float
    next_at: datetime
    running: bool
    started_at: datetime | None
    finished_at: datetime | None
    succeeded_at: datetime | None
    last_s: float | None
    runs: int
    failures: int
    failing: int = Field(description="Failures in a row, up to now.")
    last_error: str | None
    overdue_s: float


class Versions(Answer):
    """Of the program and what it stands on."""

    program: str
    schema_: int | None = Field(serialization_alias="schema", description="Newest migration of the database.")
    schema_of_program: int
    postgresql: str
    timescaledb: str | None


class System(Answer):
    """How the platform is, as far as the API's own rights in the database see."""

    level: Level = Field(description="The worst of all checks; what is out of sight does not count.")
    checks: list[Check]
    ingest: Ingest
    jobs: list[Job]
    versions: Versions
