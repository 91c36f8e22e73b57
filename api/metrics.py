"""What the service counts, in a registry of its own: two apps in one process do not meet."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """Prometheus metrics of one app. Labels are route patterns, never paths: bounded, and nobody's id."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self.requests = Counter(
            "vop_api_requests_total", "Requests answered", ["method", "route", "status"], registry=self.registry
        )
        self.seconds = Histogram(
            "vop_api_request_seconds",
            "Time to the first byte of the answer",
            ["method", "route"],
            buckets=SECONDS,
            registry=self.registry,
        )
        self.streams = Gauge("vop_api_streams", "Live streams open now", registry=self.registry)
        self.refused = Counter(
            "vop_api_authentication_failures_total",
            "Requests with missing or wrong credentials",
            registry=self.registry,
        )
        self.stored = Counter(
            "vop_api_telemetry_stored_total", "Elements stored from POST /telemetry", registry=self.registry
        )
        self.duplicates = Counter(
            "vop_api_telemetry_duplicates_total", "Elements of POST /telemetry stored before", registry=self.registry
        )
        self.rejected = Counter(
            "vop_api_telemetry_rejected_total",
            "Elements of POST /telemetry refused",
            ["reason"],
            registry=self.registry,
        )
