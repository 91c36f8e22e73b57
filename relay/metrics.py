"""What a relay counts, for Prometheus. Names are part of the operations manual.

Runs, failures and seconds are this relay's own; the gauges are of the job, whoever runs it, from the table of jobs.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

from store.jobs import JobRow

SECONDS = (0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 1800)
SILENCE = "silence"


class Metrics:
    """One relay's figures, in a registry of their own."""

    def __init__(self, jobs: Collection[str]) -> None:
        """`jobs` have a series from the start, so that an alarm can tell none from nothing."""
        own = self.registry = CollectorRegistry()
        ProcessCollector(registry=own)
        self.runs = Counter("vop_relay_job_runs", "Runs that succeeded", ["job"], registry=own)
        self.failures = Counter("vop_relay_job_failures", "Runs that failed", ["job"], registry=own)
        self.seconds = Histogram("vop_relay_job_seconds", "Length of a run", ["job"], buckets=SECONDS, registry=own)
        self.overdue = Gauge(
            "vop_relay_job_overdue_seconds", "For how long a job has been due and nobody runs it", ["job"], registry=own
        )
        self.succeeded = Gauge(
            "vop_relay_job_last_success_timestamp_seconds", "When a job last succeeded", ["job"], registry=own
        )
        self.silent = Gauge("vop_relay_devices_silent", "Devices that are silent", ["product"], registry=own)
        self.withheld = Gauge(
            "vop_relay_silences_withheld", "Devices overdue while we do not hear well enough to say", registry=own
        )
        for job in jobs:
            for each in (self.runs, self.failures, self.seconds):
                each.labels(job)

    def ran(self, job: str, seconds: float, *, well: bool) -> None:
        """Count a run."""
        (self.runs if well else self.failures).labels(job).inc()
        self.seconds.labels(job).observe(seconds)

    def show(self, rows: Sequence[JobRow]) -> None:
        """Show how the jobs stand."""
        for row in rows:
            self.overdue.labels(row.job).set(row.overdue_s)
            if row.succeeded_at is not None:
                self.succeeded.labels(row.job).set(row.succeeded_at.timestamp())
            if row.job == SILENCE and row.last_result is not None:
                self.withheld.set(row.last_result.get("withheld", 0))
                for product, count in row.last_result.get("silent", {}).items():
                    self.silent.labels(product).set(count)
