"""What the worker counts, for Prometheus. Names are part of the operations manual."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from ingest.receiver import Received
from ingest.spool import Spools
from store.intake import Outcome


class Metrics:
    """One worker's figures, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        own = self.registry
        self.received = Counter(
            "vop_ingest_messages_received", "Messages received, redeliveries included", registry=own
        )
        self.redelivered = Counter(
            "vop_ingest_messages_redelivered", "Messages the broker sent again, by its own mark", registry=own
        )
        self.acknowledged = Counter(
            "vop_ingest_messages_acknowledged", "Messages acknowledged: committed, or spooled", registry=own
        )
        self.committed = Counter(
            "vop_ingest_messages_committed", "Messages whose transaction has committed", registry=own
        )
        self.stored = Counter("vop_ingest_elements_stored", "Readings and events stored", registry=own)
        self.duplicates = Counter("vop_ingest_elements_duplicate", "Redelivered readings and events", registry=own)
        self.states = Counter("vop_ingest_states", "Reported states", registry=own)
        self.rejected = Counter("vop_ingest_elements_rejected", "Elements dead-lettered", ["reason"], registry=own)
        self.clock = Counter("vop_ingest_elements_clock", "Elements stored under a resolved time", registry=own)
        self.seq_reused = Counter(
            "vop_ingest_elements_seq_reused", "New elements whose boot and seq were taken", registry=own
        )
        self.failures = Counter("vop_ingest_batch_failures", "Batches that met an unavailable database", registry=own)
        self.batch_messages = Histogram(
            "vop_ingest_batch_messages",
            "Messages a transaction",
            buckets=(1, 3, 10, 30, 100, 300, 1000, 3000, 10000, 30000),
            registry=own,
        )
        self.commit_s = Histogram(
            "vop_ingest_commit_seconds",
            "From a batch being complete to its commit",
            buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5, 30),
            registry=own,
        )
        self.lag_s = Gauge(
            "vop_ingest_lag_seconds", "Arrival to commit, oldest message of the last batch", registry=own
        )
        self.buffer_bytes = Gauge("vop_ingest_buffer_bytes", "Payload received and not yet taken", registry=own)
        self.buffer_oldest_ms: Callable[[], int | None] = lambda: None
        """Arrival of the oldest message received and not yet taken; set with the receiver."""
        self.oldest_unacknowledged_s = Gauge(
            "vop_ingest_oldest_unacknowledged_seconds",
            "Age of the oldest message received and not yet acknowledged; 0: none",
            registry=own,
        )
        self.spooled = Counter("vop_ingest_spool_messages", "Messages written to the spool", registry=own)
        self.replayed = Counter(
            "vop_ingest_spool_replayed_messages", "Messages of the spool that were stored", registry=own
        )
        self.spool_bytes = Gauge("vop_ingest_spool_bytes", "Bytes in the spool", registry=own)
        self.spool_oldest_s = Gauge(
            "vop_ingest_spool_oldest_seconds", "Age of the oldest message in the spool; 0: none", registry=own
        )
        self.spool_refusals = Counter(
            "vop_ingest_spool_refusals", "Attempts the spool did not take, one a second", ["reason"], registry=own
        )
        self.spool_damaged = Gauge(
            "vop_ingest_spool_damaged_files",
            "Segments of the spool set aside because of damage, or passed over because they cannot be opened",
            registry=own,
        )
        self.broker_dropped = Gauge(
            "vop_broker_publish_messages_dropped",
            "Messages the broker dropped, by its own count",
            registry=own,
        )
        self.slot = Gauge("vop_ingest_slot", "Subscription slot held; -1: none", registry=own)
        self.slots_unheld = Gauge(
            "vop_ingest_slots_unheld", "Slots with a subscription and no worker for 60 s", registry=own
        )
        self.slot.set(-1)

    def watch_spool(self, spools: Spools) -> None:
        """Have the spool's gauges ask `spools` when they are scraped."""

        def oldest_s() -> float:
            oldest_ms = spools.oldest_ms
            return 0.0 if oldest_ms is None else max(0.0, time.time() - oldest_ms / 1000)

        self.spool_bytes.set_function(lambda: spools.size_bytes)
        self.spool_oldest_s.set_function(oldest_s)

    def batch(self, messages: Sequence[Received], outcome: Outcome, started: float, *, replayed: bool = False) -> None:
        """Count a committed batch; `started` is `time.monotonic()` when it was complete."""
        self.committed.inc(len(messages))
        self.batch_messages.observe(len(messages))
        self.commit_s.observe(time.monotonic() - started)
        if not replayed:  # else an outage would look like a slow database long after its end
            self.lag_s.set(max(0.0, time.time() - min(m.arrived_at_ms for m in messages) / 1000))
        self.stored.inc(outcome.stored)
        self.duplicates.inc(outcome.duplicates)
        self.states.inc(outcome.states)
        self.clock.inc(outcome.clock)
        self.seq_reused.inc(outcome.seq_reused)
        for reason, count in outcome.by_reason.items():
            self.rejected.labels(reason).inc(count)
