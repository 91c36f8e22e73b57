"""Ingest end to end, beside the limits of broker and database measured in the same run.

Publishers, broker, worker and PostgreSQL share this machine. One reading a message, eight signals, QoS 1, stored once
and acknowledged after the commit, with durable settings. The run fails itself when the publisher was the limit, when a
message is lost, or when one is there twice.
"""

from __future__ import annotations

import math
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

import psycopg

import catalog
from bench import packets
from bench.limits import broker_live, copy_rows
from bench.load import Devices, Publisher, prepared
from bench.probe import Probe
from store.migrate import migrate
from vop.services import accounts
from vop.services.mosquitto import Mosquitto, password_line
from vop.services.postgres import PostgresServer

FLEET = 20
PROBE = "bench-probe"
BACKLOG_SHARE = 0.02
"""A publisher that is acknowledged more slowly than the worker stores leaves less than this behind."""
SETTLE_S = 300.0


@dataclass(frozen=True)
class Figures:
    """One run. Rates in messages (rows) a second, latencies in ms from publish to visible in a query."""

    messages: int
    messages_per_s: float
    copy_limit_rows_per_s: float
    broker_live_limit_msgs_per_s: float
    ratio_to_copy_limit: float
    ratio_to_broker_limit: float
    half_load_msgs_per_s: float
    p50_ms: float
    p99_ms: float
    lost: int
    duplicated: int
    publisher_limited: bool
    workers: int
    worker_rss_mb: float
    machine: str

    @property
    def valid(self) -> bool:
        """Whether the run may be quoted."""
        return not (self.lost or self.duplicated or self.publisher_limited)


@contextmanager
def _platform(workers: int, place: Path) -> Iterator[tuple[str, Mosquitto, list[subprocess.Popen[bytes]]]]:
    with ExitStack() as stack:
        given = os.environ.get("VOP_DATABASE_URL")
        url = given or stack.enter_context(PostgresServer(place / "pg")).url("postgres")
        broker = stack.enter_context(Mosquitto(place / "broker"))
        migrate(url, catalog.load())
        env = os.environ | {"VOP_DATABASE_URL": url, "VOP_MQTT_URL": broker.service_url}
        running = []
        for number in range(workers):
            log_path = place / f"ingest-{number}.log"
            with log_path.open("wb") as log:
                process = subprocess.Popen([sys.executable, "-m", "vop", "ingest"], env=env, stdout=log, stderr=log)
            stack.callback(_end, process)
            running.append(process)
            _until(lambda path=log_path: "receiving" in path.read_text(), "a worker receiving")  # type: ignore[misc]
        yield url, broker, running


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.wait(30)


def _until(look: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + SETTLE_S
    while not look():
        if time.monotonic() > deadline:
            raise RuntimeError(f"{what} did not happen within {SETTLE_S:.0f} s")
        time.sleep(0.02)


def run(messages: int = 200_000, *, workers: int = 1, half_load_s: float = 20.0) -> Figures:
    """Measure once. Needs mosquitto; starts PostgreSQL itself unless VOP_DATABASE_URL names a database to use."""
    place = Path(mkdtemp(prefix="vop-bench-"))
    place.chmod(0o755)
    with _platform(workers, place) as (url, broker, processes):
        names = [f"bench-{n}" for n in range(FLEET)]
        devices = _accounts(url, broker, [*names, PROBE])
        share = messages // FLEET
        now_ms = time.time_ns() // 1_000_000
        copy_limit = copy_rows(url, 300_000)
        work = {name: prepared(name, share, now_ms - 5 * 86_400_000) for name in names}
        speed, backlog = _throughput(url, devices, work)
        half = speed / 2
        count = int(half * half_load_s / FLEET)
        later = {name: prepared(name, count, now_ms - 2 * 86_400_000, share) for name in names}
        latencies = _latency(url, devices, later, half)
        sent = FLEET * (share + count) + len(latencies)
        _until(lambda: _stored(url) >= sent, "everything stored")
        stored, distinct = _counts(url)
        rss = max(_rss_mb(process.pid) for process in processes)
    live = _broker_limit(place / "limit", min(messages, 100_000))
    return Figures(
        messages=sent,
        messages_per_s=round(speed),
        copy_limit_rows_per_s=round(copy_limit),
        broker_live_limit_msgs_per_s=round(live),
        ratio_to_copy_limit=round(speed / copy_limit, 3),
        ratio_to_broker_limit=round(speed / live, 3),
        half_load_msgs_per_s=round(half),
        p50_ms=round(_percentile(latencies, 0.50), 1),
        p99_ms=round(_percentile(latencies, 0.99), 1),
        lost=sent - distinct,
        duplicated=stored - distinct,
        publisher_limited=backlog < BACKLOG_SHARE,
        workers=workers,
        worker_rss_mb=round(rss, 1),
        machine=f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}",
    )


def _accounts(url: str, broker: Mosquitto, names: list[str]) -> Devices:
    passwords = {name: os.urandom(16).hex() for name in names}
    _give_accounts(broker, passwords)
    with psycopg.connect(url) as conn:
        conn.cursor().executemany(
            "INSERT INTO devices (device, product) VALUES (%s, 'robot_vacuum')", [(name,) for name in names]
        )
    return Devices(broker.host, broker.port, passwords)


def _give_accounts(broker: Mosquitto, passwords: dict[str, str]) -> None:
    """Let these devices in, and return when the broker does."""
    lines = [password_line(name, password) for name, password in passwords.items()]
    accounts.replace_file(broker.password_path, "\n".join(lines) + "\n")
    broker.reload()
    name, password = next(reversed(passwords.items()))

    def is_let_in() -> bool:
        try:
            packets.opened(broker.host, broker.port, name, name, password).close()
        except ConnectionError:
            return False
        return True

    _until(is_let_in, "the broker reading its accounts")


def _throughput(url: str, devices: Devices, work: dict[str, list[bytes]]) -> tuple[float, float]:
    """Messages a second from the first packet to the last one stored; share not yet stored when all were published."""
    total = sum(len(queue) for queue in work.values())
    publisher = Publisher(devices, work)
    publisher.start()
    started, _ = publisher.times()
    backlog = 1 - _stored(url) / total
    _until(lambda: _stored(url) >= total, "every message stored")
    return total / (time.time() - started), backlog


def _latency(url: str, devices: Devices, work: dict[str, list[bytes]], rate: float) -> list[float]:
    """Latencies in ms, from publish to visible, of a probe beside `rate` messages a second."""
    publisher = Publisher(devices, work, rate)
    probe = Probe(url, devices, PROBE)
    probe.start()
    publisher.start()
    publisher.times()
    latencies = probe.stop()
    if len(latencies) < probe.sent:
        raise RuntimeError(f"{probe.sent - len(latencies)} of {probe.sent} probes were never seen")
    return latencies


def _broker_limit(place: Path, messages: int) -> float:
    """The broker alone: the same devices and packets, a subscriber that only acknowledges."""
    with Mosquitto(place) as broker:
        names = [f"bench-{n}" for n in range(FLEET)]
        passwords = {name: os.urandom(16).hex() for name in names}
        _give_accounts(broker, passwords)
        work = {name: prepared(name, messages // FLEET, 1_764_000_000_000) for name in names}
        return broker_live(broker.service_url, Devices(broker.host, broker.port, passwords), work)


def _counts(url: str) -> tuple[int, int]:
    """Rows, and distinct identities among them."""
    with psycopg.connect(url) as conn:
        row = conn.execute(
            """SELECT count(*), count(DISTINCT (device_id, boot, seq)) FROM telemetry_robot_vacuum
               JOIN devices USING (device_id) WHERE starts_with(device, 'bench-')"""
        ).fetchone()
        return row or (0, 0)


def _stored(url: str) -> int:
    """Rows, from the sum of what each batch added to `runs`: cheap enough to ask while ingest works."""
    with psycopg.connect(url) as conn:
        row = conn.execute("SELECT coalesce(sum(last_seq - first_seq + 1), 0)::bigint FROM runs").fetchone()
        return int(row[0]) if row else 0


def _rss_mb(pid: int) -> float:
    """Resident memory of a process, from /proc; 0 where there is none."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except OSError:
        return 0.0
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def _percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, math.ceil(share * len(ordered)) - 1)]
