"""Relays as processes: none does what another does, and what a killed one leaves is gone on with."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from store import jobs
from store.database import Connection, connect
from tests.integration.relay.clockwork import MADE
from tests.waiting import poll

REPOSITORY = Path(__file__).parents[3]

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def conn(database: str) -> Iterator[Connection]:
    with connect(database, autocommit=True) as found:
        found.execute(MADE.encode())
        yield found


@pytest.fixture
def start(database: str) -> Iterator[Start]:
    """Start a relay process with these jobs; it is running when this returns."""
    with ExitStack() as ends:

        def begin(*names: str) -> subprocess.Popen[str]:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.integration.relay.clockwork", database, *names],
                cwd=REPOSITORY,
                env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
                stdout=subprocess.PIPE,
                text=True,
            )
            ends.callback(end, process)
            assert process.stdout is not None
            assert process.stdout.readline() == "runs\n"
            return process

        yield begin


def end(process: subprocess.Popen[str]) -> None:
    if process.poll() is None:
        process.terminate()
    process.wait(30)
    assert process.stdout is not None
    process.stdout.close()


def steps(conn: Connection, step: str) -> list[tuple[Any, ...]]:
    return conn.execute("SELECT job, due_at, pid FROM runs_of_jobs WHERE step = %s ORDER BY id", [step]).fetchall()


def test_over_many_short_jobs_each_due_time_is_run_once(conn: Connection, start: Start) -> None:
    names = ("a", "b", "c", "d")
    relays = [start(*names), start(*names)]
    poll(
        lambda: steps(conn, "end"),
        until=lambda rows: (
            min(Counter(row[0] for row in rows)[name] for name in names) >= 40 and len({row[2] for row in rows}) == 4
        ),
        what="40 runs of each job, by both lanes of both relays",
    )
    for relay in relays:
        end(relay)
    begun, ended = steps(conn, "begin"), steps(conn, "end")
    assert begun
    assert Counter(begun) == Counter(ended)
    assert set(Counter((job, due) for job, due, _ in ended).values()) == {1}
    for name in names:
        found = conn.execute("SELECT step FROM runs_of_jobs WHERE job = %s ORDER BY id", [name]).fetchall()
        assert [step for (step,) in found] == ["begin", "end"] * (len(found) // 2)
        row = next(row for row in jobs.listing(conn) if row.job == name)
        assert (row.runs, row.failures, row.killed) == (len(found) // 2, 0, 0)


def test_a_relay_killed_in_mid_job_is_succeeded_by_the_other(conn: Connection, start: Start) -> None:
    first = start("waits")
    poll(lambda: steps(conn, "begin"), what="the first relay in the job")
    second = start("waits")
    first.kill()
    begun = poll(lambda: steps(conn, "begin"), until=lambda rows: len(rows) == 2, what="the second relay in the job")
    assert begun[0][:2] == begun[1][:2]
    assert steps(conn, "end") == []
    conn.execute("INSERT INTO gate VALUES (true)")
    ended = poll(lambda: steps(conn, "end"))
    assert ended[0] == begun[1]
    end(second)
    assert set(Counter((job, due) for job, due, _ in steps(conn, "end")).values()) == {1}


def test_a_stopped_relay_ends_its_job_and_another_has_nothing_to_make_up(conn: Connection, start: Start) -> None:
    relay = start("waits")
    poll(lambda: steps(conn, "begin"))
    relay.terminate()
    conn.execute("INSERT INTO gate VALUES (true)")
    relay.wait(30)
    assert relay.returncode == 0
    ended = steps(conn, "end")
    assert ended == steps(conn, "begin")
    row = jobs.listing(conn)[0]
    assert (row.running, row.killed, row.runs) == (False, 0, len(ended))


def test_one_that_fails_stops_no_other_and_its_error_tells_no_secret(conn: Connection, start: Start) -> None:
    start("breaks", "well")
    poll(lambda: steps(conn, "end"), until=lambda rows: len(rows) >= 5)
    rows = {row.job: row for row in jobs.listing(conn)}
    assert rows["breaks"].failures >= 1
    assert rows["breaks"].last_error == "RuntimeError; the relay's log has the traceback"
    assert rows["well"].failures == 0
    assert {row[0] for row in steps(conn, "end")} == {"well"}


def test_a_lane_that_loses_its_connection_goes_on(conn: Connection, start: Start) -> None:
    start("well")
    poll(lambda: steps(conn, "end"))
    before = {row[2] for row in steps(conn, "end")}
    conn.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'vop relay'")
    poll(lambda: {row[2] for row in steps(conn, "end")} - before, what="runs over new connections")
