"""Where a fault happens: database and broker behind proxies, a worker between them, and the devices' accounts.

fleet --> broker <-- proxy -- worker -- proxy --> database
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_hex
from urllib.parse import quote, urlsplit

import psycopg
from psycopg import sql

import catalog
from store.migrate import migrate
from tests.faults import books
from tests.faults.fleet import Fleet
from tests.faults.proxy import Proxy
from tests.faults.taps import MqttTap, PostgresTap
from tests.integration.ingest.harness import WorkerProcess, register
from tests.platform_services import FORGETFUL, DeviceBroker, close_to_connections, reachable_directory
from tests.waiting import poll
from vop.services import ports
from vop.services.mosquitto import QUEUE_LIMIT_BYTES, Mosquitto
from vop.services.postgres import PostgresServer

KIB_PER_MB = 1024
SETTLED_S = 60.0
TEMPLATE = "faults_template"
# A server that is killed while the machine lives loses nothing that the kernel has; what it has not written is lost.
KILLABLE = FORGETFUL | {"synchronous_commit": "on", "full_page_writes": "on", "deadlock_timeout": "200ms"}
DURABLE = {"deadlock_timeout": "200ms", "shared_buffers": "128MB"}


def server_settings(*, durable: bool) -> dict[str, str]:
    """Of a server for faults, with the libraries the suite was told to preload."""
    preload = os.environ.get("VOP_TEST_PG_PRELOAD")
    return (DURABLE if durable else KILLABLE) | ({"shared_preload_libraries": preload} if preload else {})


@dataclass
class Grounds:
    """A server that may be killed at will, and a migrated database to copy from."""

    server: PostgresServer
    engine: str
    durable: bool

    @property
    def on_timescale(self) -> bool:
        """Whether telemetry is in hypertables."""
        return self.engine.startswith("TimescaleDB")

    @contextmanager
    def database(self) -> Iterator[str]:
        """The name of a database of one scenario's own."""
        name = f"faults_{token_hex(4)}"
        self._admin(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(TEMPLATE)))
        try:
            yield name
        finally:
            self.server.start()  # a scenario that failed may have left it dead
            self._admin(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def _admin(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.server.url(), autocommit=True) as conn:
            conn.execute(statement)


@contextmanager
def grounds(*, durable: bool = False) -> Iterator[Grounds]:
    """Start the server; it comes back on the same port each time."""
    [port] = ports.choose("postgres", None)
    with (
        reachable_directory("faults") as place,
        PostgresServer(place / "pg", port=port, settings=server_settings(durable=durable)) as server,
    ):
        prepare(server)
        with psycopg.connect(server.url(TEMPLATE)) as conn:
            engine = engine_of(conn)
        close_to_connections(server, TEMPLATE)
        yield Grounds(server, engine, durable)


def prepare(server: PostgresServer) -> None:
    """Make the migrated database that scenarios copy."""
    with psycopg.connect(server.url(), autocommit=True) as conn:
        conn.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(TEMPLATE)))
    migrate(server.url(TEMPLATE), catalog.load())


def engine_of(conn: psycopg.Connection[tuple[object, ...]]) -> str:
    """How the table calls it: PostgreSQL 18.1, or TimescaleDB 2.29.2."""
    row = conn.execute("SELECT extversion FROM pg_extension WHERE extname = 'timescaledb'").fetchone()
    version = conn.info.server_version
    return f"TimescaleDB {row[0]}" if row else f"PostgreSQL {version // 10_000}.{version % 10_000}"


@dataclass
class Site:
    """What one scenario hurts."""

    grounds: Grounds
    server: PostgresServer
    url: str
    """The database, past the proxy."""
    broker: DeviceBroker
    to_database: Proxy
    to_broker: Proxy
    place: Path
    environment: dict[str, str]
    direct: bool = False
    """Workers connect past the proxies."""
    passwords: dict[str, str] = field(default_factory=dict)
    workers: list[WorkerProcess] = field(default_factory=list)
    peak_mb: float = 0.0
    """Largest resident memory any worker has had."""
    recovery_s: float = 0.0
    notes: list[str] = field(default_factory=list)

    # ---- the worker

    @property
    def worker(self) -> WorkerProcess:
        """The one started last."""
        return self.workers[-1]

    @property
    def pid(self) -> int:
        """Its process id."""
        assert self.worker.process is not None
        return self.worker.process.pid

    def start_worker(self) -> WorkerProcess:
        """One more worker; returns at once."""
        database, broker = self.url, self.broker.service_url
        if not self.direct:
            database, broker = _through(database, self.to_database), _through(broker, self.to_broker)
        log = self.place / f"ingest-{len(self.workers)}.log"
        self.workers.append(WorkerProcess(database, broker, log, self.environment).start())
        return self.worker

    def wait_receiving(self) -> None:
        """Until the newest worker has subscribed."""
        try:
            poll(self._is_receiving, SETTLED_S, what="the worker receiving")
        except AssertionError as error:
            raise AssertionError(f"{error}: {self.worker.log.read_text()[-2000:]}") from None

    def _is_receiving(self) -> bool:
        assert self.worker.process is not None
        said = self.worker.log.read_text()
        assert self.worker.process.poll() is None, "the worker has ended"
        return "receiving" in said

    def kill_worker(self) -> None:
        """kill -9, whenever: also from a proxy's thread, in the middle of a step."""
        self.note_memory()
        self.worker.kill()

    def replace_worker(self) -> None:
        """Another in the dead one's place."""
        self.start_worker()
        self.wait_receiving()

    def note_memory(self) -> float:
        """Take down the largest resident memory of the worker so far, in MB; 0 where there is no /proc."""
        try:
            status = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        except OSError:
            return self.peak_mb
        if found := re.search(r"VmHWM:\s+(\d+)", status):  # not of a dead one
            self.peak_mb = max(self.peak_mb, int(found[1]) / KIB_PER_MB)
        return self.peak_mb

    def resident_mb(self) -> float | None:
        """The worker's memory now; None where there is no /proc, or no worker."""
        try:
            found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{self.pid}/status").read_text(encoding="ascii"))
        except OSError:
            return None
        return int(found[1]) / KIB_PER_MB if found else None

    def said(self) -> str:
        """All that the workers have logged."""
        return "\n".join(worker.log.read_text() for worker in self.workers)

    # ---- devices

    def admit(self, names: Sequence[str]) -> dict[str, str]:
        """Register vacuums and give them accounts."""
        register(self.url, names)
        fresh = self.broker.add_devices(list(names))
        self.passwords.update(fresh)
        return fresh

    # ---- the books

    def kept(self) -> int:
        """Elements stored or dead-lettered, told from `runs`."""
        return books.kept(self.url)

    @contextmanager
    def recovering(self, fleet: Fleet, within_s: float = SETTLED_S) -> Iterator[None]:
        """The fault is over, and the body mends what it has broken; wait until all acknowledged by now is kept.

        The time this takes is the recovery time of the table; of several, the longest.
        """
        owed, started = fleet.acknowledged, time.monotonic()
        yield
        poll(self._kept_or_away, within_s, until=lambda n: n >= owed, what=f"{owed} elements kept")
        self.recovery_s = max(self.recovery_s, time.monotonic() - started)

    def settle(self, *fleets: Fleet, within_s: float = SETTLED_S) -> books.Books:
        """Wait until every device is done and everything is kept, then compare."""
        self.kept_all(*fleets, within_s=within_s)
        return self.compare(*fleets)

    def kept_all(self, *fleets: Fleet, within_s: float = SETTLED_S) -> None:
        """Wait until every device is done and everything is kept."""
        for fleet in fleets:
            fleet.finish(within_s)
        expected = books.sent(fleets)
        poll(self._kept_or_away, within_s, until=lambda n: n >= expected, what=f"{expected} elements kept")

    def compare(self, *fleets: Fleet) -> books.Books:
        """Every table beside every device's book."""
        self.note_memory()
        return books.compare(self.url, fleets)

    def _kept_or_away(self) -> int:
        try:
            return self.kept()
        except psycopg.OperationalError:
            return 0

    def end(self) -> None:
        """Leave no worker behind."""
        for worker in self.workers:
            if worker.process is not None and worker.process.poll() is None:
                worker.kill()


def _through(url: str, proxy: Proxy) -> str:
    parts = urlsplit(url)
    user, password = quote(parts.username or "", safe="%"), quote(parts.password or "", safe="%")
    return parts._replace(netloc=f"{user}:{password}@{proxy.host}:{proxy.port}").geturl()


@contextmanager
def site(
    on: Grounds,
    devices: Sequence[str] = ("vac-0", "vac-1", "vac-2"),
    *,
    environment: Mapping[str, str] | None = None,
    queue_limit_bytes: int = QUEUE_LIMIT_BYTES,
    server: PostgresServer | None = None,
    direct: bool = False,
) -> Iterator[Site]:
    """Everything for one scenario, with a worker that has subscribed. `server`: another than the grounds' own."""
    with reachable_directory("site") as place, ExitStack() as stack:
        name = TEMPLATE if server else stack.enter_context(on.database())
        held = server or on.server
        device_port, service_port = ports.choose("mosquitto", None, None)
        broker = stack.enter_context(
            Mosquitto(
                place / "broker",
                device_port=device_port,
                service_port=service_port,
                queue_limit_bytes=queue_limit_bytes,
            )
        )
        url = held.url(name)
        here = Site(
            on,
            held,
            url,
            DeviceBroker(broker),
            stack.enter_context(Proxy(ports.LOOPBACK, held.port, PostgresTap)),
            stack.enter_context(Proxy(ports.LOOPBACK, service_port, MqttTap)),
            place,
            {"VOP_DATA_DIR": str(place), "VOP_METRICS_PORT": "0"} | dict(environment or {}),
            direct,
        )
        stack.callback(here.end)
        here.admit(devices)
        here.start_worker()
        here.wait_receiving()
        yield here
