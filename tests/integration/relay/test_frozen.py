"""A relay whose database accepts connections and answers nothing, and one that is stopped in mid-statement."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import psycopg
import pytest

from relay import lane as module
from relay.job import Done, Job, Turn
from relay.lane import Lane
from relay.metrics import Metrics
from store import jobs
from store.database import Connection, connect
from store.errors import StoreError, Unavailable, translated
from tests.freezing import frozen
from tests.integration.relay.test_command import REPOSITORY, environment, page
from tests.platform_services import Server
from tests.waiting import poll
from vop.services.ports import free_port


class Relay:
    """`vop relay` as a process, with its log."""

    def __init__(self, url: str, log: Path, **settings: str) -> None:
        self.port = free_port()
        self.log = log
        with log.open("wb") as sink:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "vop", "relay"],
                env=environment(url, VOP_METRICS_PORT=str(self.port), **settings),
                cwd=REPOSITORY,
                stderr=sink,
            )

    def readyz(self) -> tuple[int, str]:
        return page(self.port, "readyz")

    def until_ready(self) -> None:
        poll(self.readyz, until=lambda found: found[0] == 200, timeout_s=60)

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)


@contextmanager
def running(url: str, log: Path, **settings: str) -> Iterator[Relay]:
    relay = Relay(url, log, **settings)
    try:
        yield relay
    finally:
        if relay.process.poll() is None:
            relay.process.kill()
        relay.process.wait()


@pytest.fixture
def conn(database: str) -> Iterator[Connection]:
    with connect(database, autocommit=True) as found:
        yield found


def row_of(conn: Connection, job: str) -> jobs.JobRow:
    return next(row for row in jobs.listing(conn) if row.job == job)


@pytest.mark.slow
def test_it_is_not_ready_while_nothing_answers_says_why_and_goes_on_after(
    conn: Connection, database: str, pg_server: Server, tmp_path: Path
) -> None:
    # One job, so that two lanes at least are idle.
    with running(database, tmp_path / "log", VOP_RELAY_JOBS="silence", VOP_RELAY_SILENCE_EVERY_S="1") as relay:
        relay.until_ready()
        with frozen(pg_server):
            _, words = poll(relay.readyz, until=lambda found: found[0] == 503, timeout_s=60)
            assert words.startswith("waiting for the database: the database has not answered for 3 s")
            assert page(relay.port, "healthz")[0] == 200
            poll(lambda: "waiting: the database has not answered for 10 s" in relay.log.read_text(), timeout_s=60)
        relay.until_ready()
        before = row_of(conn, "silence").runs
        poll(lambda: row_of(conn, "silence").runs, until=lambda runs: runs > before, what="another run")
        assert relay.stop() == 0


def test_it_ends_when_told_though_nothing_answers(database: str, pg_server: Server, tmp_path: Path) -> None:
    with running(database, tmp_path / "log") as relay:
        relay.until_ready()
        with frozen(pg_server):
            assert relay.stop() == 0


@pytest.mark.slow
def test_it_starts_beside_a_frozen_database(database: str, pg_server: Server, tmp_path: Path) -> None:
    with running(database, tmp_path / "log") as relay:
        with frozen(pg_server):
            poll(lambda: "how the jobs stand is not known" in relay.log.read_text(), timeout_s=60)
            assert relay.readyz()[0] == 503
        relay.until_ready()
        assert relay.stop() == 0


def test_a_job_in_a_statement_is_broken_off_when_the_relay_is_told_to_end_and_run_again(
    conn: Connection, database: str, tmp_path: Path
) -> None:
    with psycopg.connect(database) as holder, running(database, tmp_path / "log", VOP_RELAY_JOBS="silence") as relay:
        holder.execute("LOCK TABLE silences IN ACCESS EXCLUSIVE MODE")
        waits = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'silences'::regclass"
        poll(lambda: conn.execute(waits).fetchone(), until=lambda row: row != (0,), what="the job in its statement")
        assert relay.stop() == 0
        assert conn.execute(waits).fetchone() == (0,)
        row = row_of(conn, "silence")
        assert (row.running, row.runs, row.failures, row.failing) == (False, 0, 0, 0)
        assert row.overdue_s > 0
        said = relay.log.read_text()
        assert "job silence was broken off" in said
        assert "cut off" not in said
        holder.rollback()
    with running(database, tmp_path / "log", VOP_RELAY_JOBS="silence"):
        row = poll(lambda: row_of(conn, "silence"), until=lambda found: found.runs > 0)
    assert (row.killed, row.failures) == (0, 0)


def test_one_that_goes_on_after_a_failed_step_is_broken_off_too(conn: Connection, database: str) -> None:
    """Jobs that try the rest when a part fails must not take the interruption for such a failure."""
    begun, caught = Event(), list[StoreError]()

    def stubborn(turn: Turn) -> Done:
        for _ in range(100):
            try:
                with translated(), turn.conn.transaction():
                    begun.set()
                    turn.conn.execute("SELECT pg_sleep(60)")
            except Unavailable:
                raise
            except StoreError as error:
                caught.append(error)
        return Done()

    jobs.declare(conn, {"stubborn": 60})
    lane = Lane(database, {"stubborn": Job("stubborn", 60, "", stubborn)}, Metrics(["stubborn"]), stopping := Event())
    thread = Thread(target=lane.run, daemon=True)
    thread.start()
    assert begun.wait(60)
    stopping.set()

    def ended() -> bool:
        lane.interrupt()
        thread.join(0.1)
        return not thread.is_alive()

    poll(ended)
    assert caught == []
    row = row_of(conn, "stubborn")
    assert (row.running, row.failures, row.killed) == (False, 0, 0)
    again = jobs.take(conn, "another", ["stubborn"])
    assert again is not None
    assert again.killed == 0


def test_a_statement_of_a_job_has_a_longer_limit_than_the_rest(
    conn: Connection, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "ANSWER_WITHIN_S", 0.3)
    met = list[str]()

    def slow(turn: Turn) -> Done:
        turn.conn.execute("SELECT pg_sleep(0.8)")
        met.append("slow")
        with translated():
            turn.conn.execute("SELECT pg_sleep(60)")
        raise AssertionError

    jobs.declare(conn, {"slow": 60})
    lane = Lane(database, {"slow": Job("slow", 60, "", slow)}, Metrics(["slow"]), Event(), statement_within_s=1.5)
    own = lane._connection()
    with pytest.raises(Unavailable, match=r"not answered for 1\.5 s"):
        lane.once(own)
    assert met == ["slow"]
    assert own.closed
