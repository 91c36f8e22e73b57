"""Taking, ending and failing jobs, against a real database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from threading import Barrier, Event, Thread

import pytest

from relay.job import Done, Job, Turn
from relay.lane import Lane
from relay.metrics import Metrics
from store import jobs
from store.database import Connection, connect
from store.errors import translated
from store.jobs import Lease
from tests.waiting import poll


@pytest.fixture
def conns(database: str) -> Iterator[list[Connection]]:
    found = [connect(database, autocommit=True) for _ in range(3)]
    yield found
    for conn in found:
        conn.close()


def shift(conn: Connection, job: str, by: timedelta) -> None:
    """Let time pass for a job."""
    conn.execute(
        "UPDATE jobs SET next_at = next_at - %(by)s, started_at = started_at - %(by)s WHERE job = %(job)s",
        {"by": by, "job": job},
    )


def taken(lease: Lease | None) -> Lease:
    assert lease is not None
    return lease


def row_of(conn: Connection, job: str) -> jobs.JobRow:
    return next(row for row in jobs.listing(conn) if row.job == job)


def ahead_s(conn: Connection, job: str) -> float:
    found = conn.execute(
        "SELECT extract(epoch FROM next_at - clock_timestamp())::float8 FROM jobs WHERE job = %s", [job]
    ).fetchone()
    assert found is not None
    return float(found[0])


def test_a_new_job_is_due_and_taken_by_one(conns: list[Connection]) -> None:
    a, b, _ = conns
    jobs.declare(a, {"one": 60})
    lease = taken(jobs.take(a, "relay a", ["one"]))
    assert (lease.job, lease.state, lease.killed) == ("one", {}, 0)
    assert jobs.take(b, "relay b", ["one"]) is None
    assert jobs.take(b, "relay b", ["one"], due=False) is None
    running = row_of(b, "one")
    assert (running.running, running.worker, running.overdue_s) == (True, "relay a", 0)
    jobs.ended(a, lease, {"did": 3})
    assert jobs.take(b, "relay b", ["one"]) is None
    done = row_of(b, "one")
    assert (done.running, done.runs, done.failures, done.last_result, done.last_error) == (
        False, 1, 0, {"did": 3}, None,
    )  # fmt: skip
    assert done.succeeded_at == done.finished_at is not None


def test_by_hand_it_runs_before_it_is_due_and_keeps_its_time(conns: list[Connection]) -> None:
    a, *_ = conns
    jobs.declare(a, {"one": 600})
    jobs.ended(a, taken(jobs.take(a, "w", ["one"])), {})
    before = row_of(a, "one").next_at
    assert jobs.take(a, "w", ["one"]) is None
    jobs.ended(a, taken(jobs.take(a, "w", ["one"], due=False)), {})
    assert row_of(a, "one").next_at == before


def test_of_those_due_the_one_that_waits_longest_comes_first(conns: list[Connection]) -> None:
    a, b, c = conns
    jobs.declare(a, {"new": 60, "old": 60, "other": 60})
    shift(a, "old", timedelta(minutes=1))
    assert taken(jobs.take(a, "w", ["new", "old"])).job == "old"
    assert taken(jobs.take(b, "w", ["new", "old"])).job == "new"
    assert jobs.take(c, "w", ["new", "old"]) is None


def test_runs_missed_are_made_up_once_and_the_beat_is_kept(conns: list[Connection]) -> None:
    a, *_ = conns
    jobs.declare(a, {"one": 60})
    shift(a, "one", timedelta(minutes=10, seconds=20))
    jobs.ended(a, taken(jobs.take(a, "w", ["one"])), {})
    assert jobs.take(a, "w", ["one"]) is None
    assert 30 < ahead_s(a, "one") <= 40


def test_more_is_run_again_at_once_behind_the_others(conns: list[Connection]) -> None:
    a, *_ = conns
    jobs.declare(a, {"big": 3600})
    shift(a, "big", timedelta(hours=1))
    jobs.declare(a, {"small": 3600})
    order = []
    for more in (True, False, True, False):
        lease = taken(jobs.take(a, "w", ["big", "small"]))
        order.append(lease.job)
        jobs.ended(a, lease, {}, more=more)
    assert order == ["big", "small", "big", "big"]
    assert jobs.take(a, "w", ["big", "small"]) is None


def test_a_failing_job_is_tried_again_ever_later_and_as_before_once_it_works(conns: list[Connection]) -> None:
    a, *_ = conns
    jobs.declare(a, {"daily": 86_400, "often": 10})
    ahead: dict[str, list[int]] = {"daily": [], "often": []}
    for _ in range(12):
        for job, waits in ahead.items():
            jobs.failed(a, taken(jobs.take(a, "w", [job], due=False)), "it broke")
            waits.append(round(ahead_s(a, job)))
    assert ahead["daily"][:5] == [5, 10, 20, 40, 80]
    assert ahead["daily"][-1] == 3600
    assert ahead["often"][-1] == 60
    row = row_of(a, "daily")
    assert (row.failures, row.failing, row.last_error, row.runs) == (12, 12, "it broke", 0)
    jobs.ended(a, taken(jobs.take(a, "w", ["daily"], due=False)), {})
    row = row_of(a, "daily")
    assert (row.failures, row.failing, row.last_error, row.runs) == (12, 0, None, 1)


def test_it_remembers_from_run_to_run(conns: list[Connection]) -> None:
    a, b, _ = conns
    jobs.declare(a, {"one": 60})
    jobs.ended(a, taken(jobs.take(a, "w", ["one"], due=False)), {}, state={"place": [1, "x"]})
    lease = taken(jobs.take(b, "w", ["one"], due=False))
    assert lease.state == {"place": [1, "x"]}
    jobs.ended(b, lease, {})
    lease = taken(jobs.take(a, "w", ["one"], due=False))
    assert lease.state == {"place": [1, "x"]}
    jobs.failed(a, lease, "x")
    assert taken(jobs.take(a, "w", ["one"], due=False)).state == {"place": [1, "x"]}


@pytest.mark.parametrize("death", ["closed", "killed"])
def test_the_next_takes_up_what_a_dead_one_left(conns: list[Connection], death: str) -> None:
    a, b, _ = conns
    jobs.declare(a, {"one": 3600})
    first = taken(jobs.take(a, "relay a", ["one"]))
    if death == "closed":
        a.close()
    else:
        b.execute("SELECT pg_terminate_backend(%s, 10000)", [a.info.backend_pid])
    second = taken(poll(lambda: jobs.take(b, "relay b", ["one"]), until=lambda lease: lease is not None))
    assert (second.due_at, second.killed) == (first.due_at, 1)
    jobs.ended(b, second, {})
    assert row_of(b, "one").killed == 0


@pytest.mark.parametrize(
    "by", [timedelta(minutes=1), -timedelta(days=1)], ids=["a minute passes", "the clock is set back"]
)
def test_a_job_that_kills_whoever_runs_it_is_given_time(database: str, by: timedelta) -> None:
    def die() -> Lease | None:
        with connect(database, autocommit=True) as conn:
            return jobs.take(conn, "w", ["one"])

    with connect(database, autocommit=True) as conn:
        jobs.declare(conn, {"one": 3600})
        for killed in range(4):
            lease = poll(die, until=lambda found: found is not None)
            assert lease is not None
            assert lease.killed == killed
        poll(lambda: row_of(conn, "one").running, until=lambda running: not running)
        assert jobs.take(conn, "w", ["one"]) is None
        shift(conn, "one", by)
        assert taken(jobs.take(conn, "w", ["one"])).killed == 4


def test_a_clock_set_back_puts_no_job_off(conns: list[Connection]) -> None:
    a, *_ = conns
    jobs.declare(a, {"one": 60})
    jobs.ended(a, taken(jobs.take(a, "w", ["one"])), {})
    shift(a, "one", -timedelta(days=365))
    lease = taken(jobs.take(a, "w", ["one"]))
    jobs.ended(a, lease, {})
    assert 50 < ahead_s(a, "one") <= 60


def test_declared_again_only_a_changed_interval_matters(conns: list[Connection]) -> None:
    a, *_ = conns
    jobs.declare(a, {"one": 3600})
    jobs.ended(a, taken(jobs.take(a, "w", ["one"])), {})
    before = row_of(a, "one")
    jobs.declare(a, {"one": 3600})
    assert row_of(a, "one").next_at == before.next_at
    jobs.declare(a, {"one": 60})
    assert (row_of(a, "one").every_s, ahead_s(a, "one") <= 60) == (60, True)
    jobs.declare(a, {"one": 7200})
    assert ahead_s(a, "one") <= 60


def test_many_at_once_take_each_due_job_once(database: str) -> None:
    names = [f"job-{n}" for n in range(5)]
    with connect(database, autocommit=True) as conn:
        jobs.declare(conn, dict.fromkeys(names, 3600))
    found: list[str] = []
    start, taken_all = Barrier(8), Barrier(8)

    def work() -> None:
        with connect(database, autocommit=True) as conn:
            start.wait(30)
            lease = jobs.take(conn, "w", names)
            if lease is not None:
                found.append(lease.job)
            taken_all.wait(30)

    threads = [Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    # One that lost a race may have come away with nothing; nobody takes what another has.
    assert len(found) == len(set(found)) > 0
    with connect(database, autocommit=True) as conn:
        assert set(found) <= set(names)
        assert {row.job for row in jobs.listing(conn) if row.worker} == set(found)


def test_what_a_failed_job_logs_quotes_no_row(conns: list[Connection], caplog: pytest.LogCaptureFixture) -> None:
    conn, *_ = conns
    private = "somebody is at home"
    conn.execute("CREATE TABLE private (note text CHECK (length(note) > 100))")

    def spill(turn: Turn) -> Done:
        with translated():
            turn.conn.execute("INSERT INTO private VALUES (%s)", [private])
        raise AssertionError

    jobs.declare(conn, {"spill": 60})
    lane = Lane("", {"spill": Job("spill", 60, "", spill)}, Metrics(["spill"]), Event())
    assert not lane.perform(conn, taken(jobs.take(conn, "w", ["spill"])))
    assert "job spill failed: the database refuses a value (CheckViolation)" in caplog.text
    assert "turn.conn.execute(" in caplog.text
    assert private not in caplog.text
    assert private not in str(row_of(conn, "spill").last_error)
