"""How messages are kept, whether they come from the broker or from the spool: decode, store, count."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from catalog.model import Product
from ingest.arrivals import arrival, senders
from ingest.metrics import Metrics
from ingest.receiver import Received
from store.database import Connection
from store.intake import Intake
from store.registry import Registry


class Keeper:
    """Stores or dead-letters messages. One instance serves one thread."""

    def __init__(self, catalog: Mapping[str, Product], raw_days: int, metrics: Metrics) -> None:
        self._catalog = catalog
        self._raw_days = raw_days
        self._metrics = metrics
        self._intake = Intake(catalog)
        self._registry = Registry()

    def keep(self, conn: Connection, messages: Sequence[Received], *, replayed: bool = False) -> None:
        """Store or dead-letter `messages` and commit. The same messages again change nothing.

        Raises `Unavailable`, and then it is not certain that anything is stored.
        """
        started = time.monotonic()
        # Retained copies of states say when they were kept by the broker, not when they were sent: read apart.
        fresh = [message for message in messages if not message.retain]
        known = self._registry.lookup(conn, senders(fresh))
        arrivals = [arrival(message, known, self._catalog, self._raw_days) for message in fresh]
        if arrivals:
            self._metrics.batch(fresh, self._intake.write(conn, arrivals), started, replayed=replayed)
