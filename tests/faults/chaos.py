"""The kill test: everything that can die dies while a fleet sends, and then the books are compared.

The oracle: acknowledged to the publisher is a subset of stored plus dead-lettered, which is a subset of sent, and each
identity is there once.

    python -m tests.faults.chaos --messages 100000
"""

from __future__ import annotations

import argparse
import json
import logging
import random
import re
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from operator import le
from pathlib import Path
from typing import Any

import psycopg

import catalog
from store.migrate import migrate
from tests.faults.publishers import Plan, Publisher, progress
from tests.faults.site import server_settings
from tests.integration.ingest.harness import WorkerProcess, register
from tests.platform_services import DeviceBroker, reachable_directory
from tests.waiting import poll
from vop.services import ports
from vop.services.mosquitto import Mosquitto
from vop.services.postgres import PostgresServer

log = logging.getLogger("chaos")

SETTLED_S = 300.0
AT_WORK = re.compile("receiving|standing by")
HISTORY_MS = 40 * 86_400_000


@dataclass(frozen=True)
class Report:
    """The books, in messages of their own identity."""

    sent: int
    published: int
    """Repeats included."""
    acknowledged: int
    stored: int
    dead_lettered: int
    lost: int
    """Acknowledged to the publisher, and nowhere."""
    invented: int
    """Stored or dead-lettered, and never sent."""
    duplicated: int
    """Rows beyond the first of an identity."""
    contiguous: bool
    """The runs of seq hold exactly what is stored."""
    seconds: float
    faults: dict[str, int]

    @property
    def holds(self) -> bool:
        """Whether the oracle holds."""
        return not (self.lost or self.invented or self.duplicated) and self.contiguous


@dataclass
class Stage:
    """What is running, and how it is hurt."""

    database: PostgresServer
    broker: Mosquitto
    mqtt_url: str
    logs: Path
    workers: list[WorkerProcess]
    faults: dict[str, int]
    started: int = 0
    share: str = ""

    def worker(self) -> WorkerProcess:
        """One more worker."""
        self.started += 1
        log_path = self.logs / f"ingest-{self.started}.log"
        started = WorkerProcess(
            self.database.url("postgres"), self.mqtt_url, log_path, {"VOP_INGEST_SHARE": self.share}
        ).start()
        self.workers.append(started)
        return started

    def end(self) -> None:
        """Leave no worker behind."""
        for worker in self.workers:
            worker.kill()

    def stop_cleanly(self, worker: WorkerProcess) -> None:
        """SIGTERM to a worker that is at work, or stands by: one still starting would just end."""
        poll(lambda: AT_WORK.search(worker.log.read_text()), SETTLED_S, what="the worker at work")
        assert worker.stop() == 0, worker.log.read_text()[-2000:]

    def kill_worker(self) -> None:
        """kill -9 of one worker, and another in its place: it takes the lowest free slot."""
        self.workers.pop(0).kill()
        self.worker()
        self._count("ingest kill -9")

    def kill_database(self) -> None:
        """kill -9 of the whole server, and crash recovery."""
        self.database.kill()
        self._count("database kill -9")
        self.database.start()

    def restart_broker(self) -> None:
        """SIGTERM, and a start from what it had saved."""
        self.broker.stop()
        self._count("broker restart")
        self.broker.start()

    def add_worker(self) -> None:
        """Scale out to one more slot."""
        self.worker()
        self._count("worker added")

    def drain_worker(self) -> None:
        """Scale in: stop the newest worker and store what still waits in its session, if it had one of its own.

        Another worker may have taken the slot by then, and serves it.
        """
        newest = self.workers.pop()
        self.stop_cleanly(newest)
        self._count("worker drained")
        held = re.findall(r"holding slot (\d+)", newest.log.read_text())
        if self.share and held:
            newest.drain(int(held[-1]))

    def replace_worker(self) -> None:
        """A clean stop, and another in its place: a rolling upgrade."""
        self.stop_cleanly(self.workers.pop(0))
        self.worker()
        self._count("worker replaced")

    def _count(self, fault: str) -> None:
        log.info("%s", fault)
        self.faults[fault] = self.faults.get(fault, 0) + 1


def schedule(kills: int, database_kills: int, broker_restarts: int) -> list[tuple[float, str]]:
    """When what happens, as shares of the messages sent. A worker is added, drained and replaced on the way."""
    moments = [(0.08 + 0.8 * n / max(1, kills), "kill_worker") for n in range(kills)]
    moments += [(0.2 + 0.45 * n / max(1, database_kills), "kill_database") for n in range(database_kills)]
    moments += [(0.3 + 0.4 * n / max(1, broker_restarts), "restart_broker") for n in range(broker_restarts)]
    moments += [(0.35, "add_worker"), (0.6, "drain_worker"), (0.85, "replace_worker")]
    return sorted(moments)


@contextmanager
def stage(share: str) -> Iterator[tuple[Stage, DeviceBroker]]:
    """A durable database, a broker that keeps its ports, and one worker that has subscribed."""
    with reachable_directory("chaos") as place, ExitStack() as stack:
        device_port, service_port = ports.choose("mosquitto", None, None)
        database = stack.enter_context(
            PostgresServer(place / "pg", port=ports.choose("postgres", None)[0], settings=server_settings(durable=True))
        )
        broker = stack.enter_context(Mosquitto(place / "broker", device_port=device_port, service_port=service_port))
        migrate(database.url("postgres"), catalog.load())
        running = Stage(database, broker, broker.service_url, place, [], {}, share=share)
        stack.callback(running.end)
        first = running.worker()
        poll(lambda: "receiving" in first.log.read_text(), what="the first worker receiving")
        yield running, DeviceBroker(broker)


def run(
    messages: int,
    *,
    devices: int = 10,
    kills: int = 5,
    database_kills: int = 2,
    broker_restarts: int = 2,
    rate: float = 0.0,
    share: str = "",
    reconnect_s: int = 0,
    seed: int = 1,
    tell: Callable[[str], None] = log.info,
) -> Report:
    """Send `messages` readings, each one to three times, through all the faults; compare the books afterwards.

    `rate` is messages a second of the whole fleet, 0 for as fast as it goes; `share` the name of the workers' shared
    subscription, if any; `reconnect_s` how long a device waits before it connects again, 0 for a tenth of a second.
    """
    source = random.Random(seed)
    start_ms = time.time_ns() // 1_000_000 - HISTORY_MS
    with stage(share) as (running, broker):
        names = [f"vac-{n}" for n in range(devices)]
        register(running.database.url("postgres"), names)
        passwords = broker.add_devices(names)
        plans = [Plan.make(name, messages // devices, start_ms, source) for name in names]
        started = time.monotonic()
        fleet = [
            Publisher(plan, broker.host, broker.port, passwords[plan.device], rate / devices, reconnect_s).start()
            for plan in plans
        ]
        for moment, fault in schedule(kills, database_kills, broker_restarts):
            poll(lambda: progress(fleet), SETTLED_S, until=partial(le, moment), what="publishing")
            tell(f"{progress(fleet):4.0%} {fault}")
            getattr(running, fault)()
        poll(lambda: all(p.done.is_set() for p in fleet), SETTLED_S, what="every message acknowledged")
        url = running.database.url("postgres")
        expected = sum(len(p.payloads) for p in plans)
        tell("all acknowledged; waiting for the queue to drain")
        poll(
            lambda: sum(map(len, _books(url).values())), SETTLED_S, until=lambda n: n >= expected, what="kept elements"
        )
        seconds = time.monotonic() - started
        for publisher in fleet:
            publisher.stop()
        return _compare(url, fleet, seconds, running.faults)


def _books(url: str) -> dict[str, list[tuple[Any, ...]]]:
    with psycopg.connect(url) as conn:
        stored = conn.execute(
            "SELECT d.device, t.boot, t.seq FROM telemetry_robot_vacuum t JOIN devices d USING (device_id)"
        ).fetchall()
        dead = conn.execute(
            "SELECT m.topic, m.sha256 FROM dead_letters d JOIN dead_messages m USING (message_id)"
        ).fetchall()
    return {"stored": stored, "dead": dead}


def _compare(url: str, fleet: list[Publisher], seconds: float, faults: dict[str, int]) -> Report:
    books = _books(url)
    stored = {(device, seq) for device, boot, seq in books["stored"] if boot == 1}
    by_digest = {
        (f"vop/v1/{p.plan.device}/up/telemetry", p.plan.digest(s)): (p.plan.device, s)
        for p in fleet
        for s in p.plan.dead
    }
    dead = {by_digest.get(letter, (f"{letter}", -1)) for letter in books["dead"]}
    sent = {(p.plan.device, seq) for p in fleet for seq in range(len(p.plan.payloads))}
    acknowledged = {(p.plan.device, seq) for p in fleet for seq in p.acknowledged}
    with psycopg.connect(url) as conn:
        held = {
            (device, seq)
            for device, first, last in conn.execute(
                "SELECT d.device, r.first_seq, r.last_seq FROM runs r JOIN devices d USING (device_id)"
            )
            for seq in range(first, last + 1)
        }
    return Report(
        sent=len(sent),
        published=sum(p.handed_over for p in fleet),
        acknowledged=len(acknowledged),
        stored=len(stored),
        dead_lettered=len(dead),
        lost=len(acknowledged - stored - dead),
        invented=len((stored | dead) - sent),
        duplicated=len(books["stored"]) + len(books["dead"]) - len(stored) - len(dead) + len(stored & dead),
        contiguous=held == stored,
        seconds=round(seconds, 1),
        faults=faults,
    )


def _tell(line: str) -> None:
    sys.stderr.write(line + "\n")


def main() -> int:
    """Run it with the numbers given and print the report as JSON; exit status 1 when the oracle does not hold."""
    parser = argparse.ArgumentParser(description="Kill everything while a fleet sends, then compare the books.")
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--devices", type=int, default=10)
    parser.add_argument("--rate", type=float, default=0.0)
    parser.add_argument("--share", default="", help="name of a shared subscription for the workers")
    parser.add_argument("--broker-restarts", type=int, default=2)
    parser.add_argument("--reconnect", type=int, default=0, help="seconds a device waits before it connects again")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    report = run(
        given.messages,
        devices=given.devices,
        rate=given.rate,
        share=given.share,
        broker_restarts=given.broker_restarts,
        reconnect_s=given.reconnect,
        seed=given.seed,
        tell=_tell,
    )
    sys.stdout.write(json.dumps(asdict(report) | {"holds": report.holds}, indent=2) + "\n")
    return 0 if report.holds else 1


if __name__ == "__main__":
    sys.exit(main())
