"""How messages are kept, whether they come from the broker or from the spool: decode, store, count."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence

from catalog.model import Product
from ingest.arrivals import arrival, senders
from ingest.metrics import Metrics
from ingest.receiver import Received
from store.database import Connection
from store.intake import Arrival, Intake
from store.registry import Registered, Registry

MOST_ELEMENTS = 30_000
"""A transaction is closed when it has reached this: two bytes of payload can be an element, and a refused one costs
1.7 KB on its way to the dead letters."""


class Keeper:
    """Stores or dead-letters messages. One instance serves one thread."""

    def __init__(self, catalog: Mapping[str, Product], raw_days: int, metrics: Metrics) -> None:
        self._catalog = catalog
        self._raw_days = raw_days
        self._metrics = metrics
        self._intake = Intake(catalog)
        self._registry = Registry()

    def keep(self, conn: Connection, messages: Sequence[Received], *, replayed: bool = False) -> None:
        """Store or dead-letter `messages` and commit, as a rule once. The same messages again change nothing.

        Raises `Unavailable`, and then it is not certain that anything is stored.
        """
        # Retained copies of states say when they were kept by the broker, not when they were sent: read apart.
        fresh = [message for message in messages if not message.retain]
        known = self._registry.lookup(conn, senders(fresh))
        started = time.monotonic()
        done = 0
        for arrivals in self._transactions(fresh, known):
            outcome = self._intake.write(conn, arrivals)
            self._metrics.batch(fresh[done : done + len(arrivals)], outcome, started, replayed=replayed)
            done += len(arrivals)
            del arrivals  # before more are decoded
            started = time.monotonic()

    def _transactions(self, messages: Sequence[Received], known: Mapping[str, Registered]) -> Iterator[list[Arrival]]:
        """The decoded messages, in order, each list for one transaction."""
        arrivals: list[Arrival] = []
        elements = 0
        for message in messages:
            decoded = arrival(message, known, self._catalog, self._raw_days)
            arrivals.append(decoded)
            elements += len(decoded.elements) + len(decoded.rejects)
            if elements >= MOST_ELEMENTS:
                yield arrivals
                arrivals, elements = [], 0
        if arrivals:
            yield arrivals
