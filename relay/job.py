"""What a job is: a name, an interval, and a function that does one run of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from catalog.elements import Json
from store.database import Connection


@dataclass(frozen=True, slots=True)
class Turn:
    """What a run is given."""

    conn: Connection
    """Outside any transaction; the run's lease dies with it, so work goes through it and nothing else."""
    now: datetime
    """By the database's clock, which all relays share."""
    due_at: datetime
    """When it was due: the same in every attempt until one ends."""
    state: Mapping[str, Any]
    """What the last run asked to be remembered; empty at first."""
    stopping: Callable[[], bool]
    """Whether the relay is to end: a long run returns with `more` then."""


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a run."""

    result: Mapping[str, Json] = field(default_factory=dict)
    """Counts and words for people; nothing of a person and no secret."""
    more: bool = False
    """There is more to do: run it again at once, after the others that are due."""
    state: Mapping[str, Json] | None = None
    """What to remember for the next run; None: as it was."""


@dataclass(frozen=True, slots=True)
class Job:
    """A job of the clock.

    `run` must be idempotent: killed at any point, or cut off when its last transaction may or may not have committed,
    it is run again. It raises what it cannot cope with.
    """

    name: str
    every_s: float
    about: str
    run: Callable[[Turn], Done]
