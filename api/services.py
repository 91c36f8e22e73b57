"""What one running app holds: built by `create_app`, reached from a request through `services_of`."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated

import anyio
from fastapi import Depends, Request

from api.metrics import Metrics
from api.settings import Settings
from api.stream.hub import Hub
from api.throttle import Throttle
from catalog import Catalog
from store.database import Connection, Database
from store.intake import Arrival, Intake, Outcome
from voice.adherence.thresholds import Thresholds as AdherenceThresholds
from voice.compare import Thresholds
from voice.insight.thresholds import Thresholds as InsightThresholds

HASHES_AT_ONCE = 2
"""Each takes 64 MiB and up to four cores for tens of milliseconds: whoever floods the sign-in page gets no more."""


class ThreadIntake(threading.local):
    """An intake for each thread that stores: one instance serves one thread at a time."""

    def __init__(self, catalog: Catalog) -> None:
        self._intake = Intake(catalog)

    def write(self, conn: Connection, arrivals: Sequence[Arrival]) -> Outcome:
        """As `Intake.write`, which commits: `conn` must not be in a transaction."""
        return self._intake.write(conn, arrivals)


@dataclass(frozen=True, slots=True)
class Services:
    """Everything endpoints need beside their request."""

    settings: Settings
    catalog: Catalog
    database: Database
    intake: ThreadIntake
    hub: Hub
    throttle: Throttle
    metrics: Metrics
    at_work: anyio.Semaphore = field(repr=False)
    """Fewer than the pool has connections: whoever waits for one must not hold a thread, or those who have a
    connection find no thread to go on in. The spare ones are for work that needs a second, and for streams."""
    probes: anyio.CapacityLimiter = field(repr=False)
    """Threads for /readyz alone."""
    thresholds: Thresholds = field(default_factory=Thresholds)
    insight: InsightThresholds = field(default_factory=InsightThresholds)
    adherence: AdherenceThresholds = field(default_factory=AdherenceThresholds)
    """Of the comparison."""
    hashing: anyio.Semaphore = field(default_factory=lambda: anyio.Semaphore(HASHES_AT_ONCE), repr=False)
    """Passwords verified at once."""


def services_of(request: Request) -> Services:
    """The services of the app that answers `request`."""
    services: Services = request.app.state.services
    return services


Serving = Annotated[Services, Depends(services_of)]
