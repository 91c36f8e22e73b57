"""A worker whose database goes away under load: what was published is stored, each once, whatever happens meanwhile."""

from __future__ import annotations

import os
import signal
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

import psycopg
import pytest
from psycopg import sql

import catalog
from store.migrate import migrate
from tests.faults.proxy import Proxy
from tests.integration.ingest.harness import WorkerProcess, publisher, reading, register, scalar
from tests.integration.ingest.test_worker import now_ms
from tests.platform_services import FORGETFUL, DeviceBroker, reachable_directory
from tests.waiting import poll
from vop.services import ports
from vop.services.postgres import PostgresServer

COUNT = 3_000


@pytest.fixture(scope="module")
def own_server() -> Iterator[PostgresServer]:
    """A server that comes back on the same port."""
    preload = os.environ.get("VOP_TEST_PG_PRELOAD")
    settings = FORGETFUL | ({"shared_preload_libraries": preload} if preload else {})
    with (
        reachable_directory("pg") as place,
        PostgresServer(place / "server", port=ports.free_port(), settings=settings) as server,
    ):
        yield server


@pytest.fixture
def away_database(own_server: PostgresServer) -> str:
    """A database of this test's own on that server; it goes with the server."""
    own_server.start()
    name = f"site_{token_hex(4)}"
    with psycopg.connect(own_server.url(), autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
    url = own_server.url(name)
    migrate(url, catalog.load())
    register(url, ["vac-1"])
    return url


class Site:
    """One device, its broker, and workers with a spool, by their metrics."""

    def __init__(self, url: str, broker: DeviceBroker, place: Path) -> None:
        self.url = url
        self.spool = place / "spool"
        self.sent = 0
        self._broker = broker
        self._place = place
        self._password = broker.add_device("vac-1")
        self._workers = 0
        self._port = 0

    @contextmanager
    def worker(self, url: str = "", **settings: str) -> Iterator[WorkerProcess]:
        """A worker, once it receives or stands by; `url` leads to the same database another way."""
        with self.starting(url, **settings) as process:
            log = process.log
            poll(lambda: any(word in log.read_text() for word in ("receiving", "standing by")), what="the worker ready")
            yield process

    @contextmanager
    def starting(self, url: str = "", **settings: str) -> Iterator[WorkerProcess]:
        """A worker that may have to wait; its metrics are those asked for from now on."""
        self._workers += 1
        self._port = ports.free_port()
        environment = {"VOP_INGEST_SPOOL": str(self.spool), "VOP_METRICS_PORT": str(self._port)} | settings
        log = self._place / f"worker-{self._workers}.log"
        with WorkerProcess(url or self.url, self._broker.service_url, log, environment) as process:
            yield process

    def publish(self, count: int = COUNT) -> None:
        """Publish so many readings and return when the broker has acknowledged them."""
        with publisher(self._broker, "vac-1", self._password) as device:
            start = now_ms()
            infos = [
                device.publish("vop/v1/vac-1/up/telemetry", reading(start + seq, 1, seq), qos=1)
                for seq in range(self.sent, self.sent + count)
            ]
            for info in infos:
                info.wait_for_publish(30)
        self.sent += count

    def metric(self, name: str) -> float:
        """Of the worker started last."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self._port}/metrics") as answer:
            text = answer.read().decode()
        return sum(float(line.rsplit(" ", 1)[1]) for line in text.splitlines() if line.startswith(f"vop_ingest_{name}"))

    def until(self, name: str, at_least: float) -> None:
        poll(lambda: self.metric(name), until=lambda value: value >= at_least, what=name)

    def all_is_stored_once(self) -> None:
        """Every reading published, one row each, and nothing is left in a spool."""
        count = "SELECT count(*) FROM telemetry_robot_vacuum"
        poll(lambda: scalar(self.url, count), until=lambda n: n == self.sent, what="stored")
        poll(lambda: [*self.spool.glob("*/*.v1")], until=lambda left: not left, what="segments in the spool")
        assert scalar(self.url, count) == self.sent
        assert scalar(self.url, "SELECT count(*) FROM dead_letters") == 0
        assert scalar(self.url, "SELECT count(*) FROM runs WHERE last_seq - first_seq + 1 = %s", self.sent) == 1
        assert list(self.spool.glob("*/*.damaged")) == []


@pytest.fixture
def site(away_database: str, broker: DeviceBroker, tmp_path: Path) -> Site:
    return Site(away_database, broker, tmp_path)


def test_while_the_database_is_away_messages_are_acknowledged_and_stored_when_it_is_back(
    site: Site, own_server: PostgresServer
) -> None:
    with site.worker():
        site.publish(500)
        site.all_is_stored_once()
        own_server.stop()
        site.publish()
        site.until("messages_acknowledged_total", site.sent)
        assert site.metric("spool_messages_total") >= COUNT - 500
        assert site.metric("spool_bytes") > 0
        assert site.metric("oldest_unacknowledged_seconds") == 0
        own_server.start()
        site.publish()
        site.all_is_stored_once()
        assert site.metric("spool_bytes") == 0
        assert site.metric("spool_replayed_messages_total") == site.metric("spool_messages_total")


def test_arrival_is_told_as_it_was(site: Site, own_server: PostgresServer) -> None:
    """A reading without a time gets the one of its arrival, not of its replay."""
    with site.worker():
        own_server.stop()
        before = now_ms()
        with publisher(site._broker, "vac-1", site._password) as device:
            payload = b'{"boot": 1, "seq": 0, "values": {"battery_pct": 50.0}}'
            device.publish("vop/v1/vac-1/up/telemetry", payload, qos=1).wait_for_publish(10)
        site.until("messages_acknowledged_total", 1)
        after = now_ms()
        own_server.start()
        site.sent = 1
        site.all_is_stored_once()
    ts_ms = scalar(site.url, "SELECT ms_of(ts) FROM telemetry_robot_vacuum")
    assert isinstance(ts_ms, int)
    assert before <= ts_ms <= after


@pytest.mark.parametrize("limit", ["full", "unwritable", "disk"])
def test_a_spool_that_refuses_leaves_messages_with_the_broker(
    site: Site, own_server: PostgresServer, tmp_path: Path, limit: str
) -> None:
    (tmp_path / "file").write_text("")
    settings = {
        "full": {"VOP_INGEST_SPOOL_BYTES": "20000"},
        "unwritable": {"VOP_INGEST_SPOOL": str(tmp_path / "file" / "spool")},
        "disk": {"VOP_INGEST_SPOOL_RESERVE_BYTES": "999999999999"},
    }[limit]
    with site.worker(**settings) as worker:
        own_server.stop()
        site.publish()
        site.until(f'spool_refusals_total{{reason="{limit}"}}', 2)
        assert site.metric("messages_acknowledged_total") == site.metric("spool_messages_total") < 200
        assert site.metric("oldest_unacknowledged_seconds") > 0
        assert worker.log.read_text().count("no more are taken") == 1
        worker.kill()
    own_server.start()
    with site.worker(**settings):
        site.all_is_stored_once()
        assert site.metric("messages_redelivered_total") > 0


def test_a_worker_killed_while_it_spools_loses_nothing(site: Site, own_server: PostgresServer) -> None:
    with site.worker() as worker:
        own_server.stop()
        site.publish()
        site.until("spool_messages_total", 1)
        worker.kill()
    site.publish()
    with site.starting() as worker:
        poll(lambda: "waiting" in worker.log.read_text(), what="the worker waiting")
        own_server.start()
        site.all_is_stored_once()


def test_a_worker_killed_while_it_replays_loses_and_doubles_nothing(site: Site, own_server: PostgresServer) -> None:
    with site.worker(VOP_INGEST_BATCH_MESSAGES="50") as worker:
        own_server.stop()
        site.publish()
        site.until("spool_messages_total", COUNT)
        own_server.start()
        site.until("spool_replayed_messages_total", 100)
        worker.kill()
    assert list(site.spool.glob("*/*.v1")) != []
    with site.worker():
        site.all_is_stored_once()
        assert site.metric("elements_duplicate_total") >= 100


def test_what_a_dead_worker_has_spooled_is_stored_by_the_one_that_stood_by(
    site: Site, own_server: PostgresServer
) -> None:
    with site.worker() as first, site.worker():
        own_server.stop()
        site.publish()
        poll(lambda: [p for p in site.spool.glob("*/*.v1") if p.stat().st_size > 0], what="spooled")
        first.kill()
        own_server.start()
        site.all_is_stored_once()


def test_a_clean_stop_while_the_database_is_away_spools_what_it_holds(site: Site, own_server: PostgresServer) -> None:
    with site.worker() as worker:
        own_server.stop()
        site.publish()
        site.until("spool_messages_total", 1)
        assert worker.stop() == 0
    own_server.start()
    with site.worker():
        site.all_is_stored_once()


def test_a_frozen_database_is_given_up_and_what_it_did_not_take_is_spooled(
    site: Site, own_server: PostgresServer
) -> None:
    with site.worker(VOP_INGEST_COMMIT_WITHIN_S="1") as worker:
        # New connections are made by the postmaster, and served by nobody while it stands still.
        backends = scalar(site.url, "SELECT array_agg(pid) FROM pg_stat_activity WHERE application_name = 'vop ingest'")
        assert isinstance(backends, list)
        frozen = [own_server.pid, *backends]
        for pid in frozen:
            os.kill(pid, signal.SIGSTOP)
        try:
            site.publish()
            site.until("messages_acknowledged_total", COUNT)
        finally:
            for pid in reversed(frozen):
                os.kill(pid, signal.SIGCONT)
        assert "has not answered for 1 s" in worker.log.read_text()
        site.all_is_stored_once()


def test_a_worker_cut_off_from_the_database_alone_is_replaced_and_replays_what_is_its_own(
    site: Site, own_server: PostgresServer, tmp_path: Path
) -> None:
    """The other, on another machine, has the database and takes the session over while the first goes on spooling."""
    elsewhere = tmp_path / "elsewhere"
    with Proxy("127.0.0.1", own_server.port) as way:
        around = site.url.replace(f":{own_server.port}/", f":{way.port}/")
        with site.worker(around, VOP_INGEST_COMMIT_WITHIN_S="1") as first:
            way.hold()
            site.publish()
            site.until("messages_acknowledged_total", COUNT)
            assert list(site.spool.glob("*/*.v1")) != []
            with site.worker(VOP_INGEST_SPOOL=str(elsewhere)) as second:
                way.refusing = True
                way.cut()  # only now the server sees the first one's connection end
                poll(lambda: "holding slot 0" in second.log.read_text(), what="the second taking over")
                poll(
                    lambda: "took the session of slot 0 over" in first.log.read_text(),
                    what="the first put out",
                    timeout_s=5,
                )
                site.publish()
                way.refusing = False
                way.release()
                site.all_is_stored_once()


def test_a_database_that_takes_no_part_is_noticed_and_found_again(site: Site, own_server: PostgresServer) -> None:
    """Half open: what is sent disappears, and nothing comes back."""
    with Proxy("127.0.0.1", own_server.port) as way:
        around = site.url.replace(f":{own_server.port}/", f":{way.port}/")
        with site.worker(around, VOP_INGEST_COMMIT_WITHIN_S="1"):
            way.hold()
            site.publish()
            site.until("messages_acknowledged_total", COUNT)
            # Given up by a batch, or by a beat that was due before it: then the batch is not tried at all.
            assert site.metric("spool_messages_total") >= COUNT
            way.release()
            site.all_is_stored_once()
