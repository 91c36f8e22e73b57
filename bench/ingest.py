"""Ingest end to end, beside the limits of broker and database measured in the same run.

Publishers, broker, worker and PostgreSQL share this machine. One reading a message, eight signals, QoS 1, stored once
and acknowledged after the commit, with durable settings. First as fast as it goes; then at a steady rate, which the
platform must keep up with to the end; then the time from publish to visible at half and at a tenth of that rate. The
run fails itself when the publisher was the limit, when a message is lost, or when one is there twice.
"""

from __future__ import annotations

import math
import os
import platform as machine
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

from bench.limits import broker_live, copy_rows
from bench.load import Devices, Publisher, Stretch
from bench.probe import Probe
from bench.stage import Stage, give_accounts, platform, until
from vop.services.mosquitto import Mosquitto

PROBES = {2: "bench-probe-half", 10: "bench-probe-tenth"}
"""A device that is timed, for each part of the steady rate."""
BACKLOG_SHARE = 0.02
"""A publisher that is acknowledged more slowly than the worker stores leaves less than this behind."""
STEADY_SHARE = 0.8
"""Of what was reached at full speed: the rate that is held when none is asked for."""
KEPT_UP_S = 2.0
"""What has not yet been stored when the last message of a steady rate leaves, in seconds of that rate."""
ON_TIME = 1.02
"""A publisher that takes longer than this times what it was asked to take was held up by the broker."""


@dataclass(frozen=True)
class Figures:
    """One run. Rates in messages (rows) a second, latencies in ms from publish to visible in a query."""

    messages: int
    devices: int
    messages_per_s: float
    copy_limit_rows_per_s: float
    broker_live_limit_msgs_per_s: float
    ratio_to_copy_limit: float
    ratio_to_broker_limit: float
    steady_msgs_per_s: float
    steady_s: float
    steady_lag_max_s: float
    steady_lag_end_s: float
    kept_up: bool
    half_p50_ms: float
    half_p99_ms: float
    tenth_p50_ms: float
    tenth_p99_ms: float
    lost: int
    duplicated: int
    publisher_limited: bool
    workers: int
    worker_rss_mb: float
    machine: str

    @property
    def valid(self) -> bool:
        """Whether the run may be quoted."""
        return self.kept_up and not (self.lost or self.duplicated or self.publisher_limited)


class _Fleet:
    """The devices, and how far each has counted: every stretch goes on where the last one ended."""

    def __init__(self, accounts: Devices, names: list[str], total: int) -> None:
        self.accounts = accounts
        self.names = names
        self.sent = 0
        self._first_ts_ms = time.time_ns() // 1_000_000 - 1000 * (total // len(names)) - 86_400_000

    def next(self, messages: int) -> dict[str, Stretch]:
        """About this many further messages, shared evenly."""
        each, done = max(1, round(messages / len(self.names))), self.sent // len(self.names)
        self.sent += each * len(self.names)
        return {name: Stretch(each, self._first_ts_ms + 1000 * done, done) for name in self.names}


def run(
    messages: int = 200_000,
    *,
    workers: int = 1,
    devices: int = 20,
    rate: float = 0.0,
    steady_s: float = 30.0,
    latency_s: float = 20.0,
    progress: Callable[[str], None] = lambda _step: None,
) -> Figures:
    """Measure once; `rate` 0 holds four fifths of what was reached at full speed. Needs mosquitto."""
    place = Path(mkdtemp(prefix="vop-bench-"))
    place.chmod(0o755)
    names = [f"bench-{n}" for n in range(devices)]
    with platform(workers, place) as stage:
        progress("the limit of COPY")
        copy_limit = copy_rows(stage.url, 300_000)
        fleet = _Fleet(
            stage.admit([*names, *PROBES.values()]), names, messages + int(max(rate, 50_000) * (steady_s + latency_s))
        )
        progress("full speed")
        speed, backlog = _throughput(stage, fleet.accounts, fleet.next(messages))
        rate = rate or STEADY_SHARE * speed
        progress(f"{rate:,.0f} messages a second for {steady_s:.0f} s")
        steady = _steady(stage, fleet, rate, steady_s)
        latencies = {}
        for share, probe in PROBES.items():
            progress(f"latency at {rate / share:,.0f} messages a second")
            load = fleet.next(int(rate / share * latency_s))
            latencies[share] = _latency(stage, fleet.accounts, load, rate / share, probe)
        sent = fleet.sent + sum(map(len, latencies.values()))
        until(lambda: stage.stored() >= sent, "everything stored")
        stored, distinct = stage.counts()
        rss = stage.rss_mb()
    progress("the limit of the broker")
    live = _broker_limit(place / "limit", names, min(messages, 100_000))
    return Figures(
        messages=sent,
        devices=devices,
        messages_per_s=round(speed),
        copy_limit_rows_per_s=round(copy_limit),
        broker_live_limit_msgs_per_s=round(live),
        ratio_to_copy_limit=round(speed / copy_limit, 3),
        ratio_to_broker_limit=round(speed / live, 3),
        steady_msgs_per_s=round(rate),
        steady_s=round(steady.seconds, 1),
        steady_lag_max_s=round(steady.lag_max_s, 2),
        steady_lag_end_s=round(steady.lag_end_s, 2),
        kept_up=steady.lag_end_s <= KEPT_UP_S,
        half_p50_ms=round(_percentile(latencies[2], 0.50), 1),
        half_p99_ms=round(_percentile(latencies[2], 0.99), 1),
        tenth_p50_ms=round(_percentile(latencies[10], 0.50), 1),
        tenth_p99_ms=round(_percentile(latencies[10], 0.99), 1),
        lost=sent - distinct,
        duplicated=stored - distinct,
        publisher_limited=backlog < BACKLOG_SHARE or steady.seconds > ON_TIME * steady_s + 1,
        workers=workers,
        worker_rss_mb=round(rss, 1),
        machine=f"{os.cpu_count()} cores, {machine.machine()}, Python {machine.python_version()}",
    )


def _throughput(stage: Stage, devices: Devices, work: Mapping[str, Stretch]) -> tuple[float, float]:
    """Messages a second from the first packet to the last one stored; share not yet stored when all were published."""
    before, total = stage.stored(), sum(stretch.messages for stretch in work.values())
    publisher = Publisher(devices, work)
    publisher.start()
    started, _ = publisher.times()
    backlog = 1 - (stage.stored() - before) / total
    until(lambda: stage.stored() >= before + total, "every message stored")
    return total / (time.time() - started), backlog


@dataclass(frozen=True)
class _Steady:
    seconds: float
    lag_max_s: float
    lag_end_s: float


def _steady(stage: Stage, fleet: _Fleet, rate: float, seconds: float) -> _Steady:
    """Hold `rate` and watch how far the store is behind, in seconds of that rate."""
    before = stage.stored()
    publisher = Publisher(fleet.accounts, fleet.next(int(rate * seconds)), rate)
    started, lags = time.time(), []
    publisher.start()
    while not publisher.is_done:
        time.sleep(0.5)
        stored, now = stage.stored() - before, time.time()
        lags.append(min(now - started, seconds) - stored / rate)
    first, last = publisher.times()
    lag_end = lags[-1]
    until(lambda: stage.stored() >= fleet.sent, "every message of the steady rate stored")
    return _Steady(last - first, max(lags), lag_end)


def _latency(stage: Stage, devices: Devices, work: Mapping[str, Stretch], rate: float, name: str) -> list[float]:
    """Latencies in ms, from publish to visible, of a probe beside `rate` messages a second."""
    publisher = Publisher(devices, work, rate)
    probe = Probe(stage.url, devices, name)
    probe.start()
    publisher.start()
    publisher.times()
    latencies = probe.stop()
    if len(latencies) < probe.sent:
        raise RuntimeError(f"{probe.sent - len(latencies)} of {probe.sent} probes were never seen")
    return latencies


def _broker_limit(place: Path, names: list[str], messages: int) -> float:
    """The broker alone: the same devices and packets, a subscriber that only acknowledges."""
    with Mosquitto(place) as broker:
        passwords = {name: os.urandom(16).hex() for name in names}
        give_accounts(broker, passwords)
        work = {name: Stretch(messages // len(names), 1_764_000_000_000) for name in names}
        return broker_live(broker.service_url, Devices(broker.host, broker.port, passwords), work)


def _percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, math.ceil(share * len(ordered)) - 1)]
