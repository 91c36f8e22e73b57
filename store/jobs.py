"""The jobs of the clock: which is due, who runs it, what became of it.

A run holds a session-level advisory lock, in the connection that also does the work: when that connection dies, the
server undoes the transaction in hand and then frees the lock, so whoever takes the job next never meets a predecessor
that still works. The row says when the job is due and what became of it; it stays due until a run ends.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeAlias

import orjson
from psycopg.rows import class_row

from catalog.elements import Json
from store.database import Connection
from store.errors import translated

LOCK_CLASS: Final = 0x766F71
"""First key of the advisory locks; the second is the number of the job. Slots have the key before it."""
RETRY_FIRST_S: Final = 5.0
RETRY_LONGEST_S: Final = 3_600.0
RETRY_OFTEN_S: Final = 60.0
"""A job that comes more often than this is tried again at least so often, however long it has failed."""
KILLS_AT_ONCE: Final = 3
"""So many times in a row a killed run is taken up at once; after that once a minute, for it may be the killer."""

Result: TypeAlias = Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to run a job until `ended`, `failed`, `put_back` or the connection's death."""

    job_id: int
    job: str
    due_at: datetime
    """The time it was due at: the same in every attempt until one ends."""
    taken_at: datetime
    state: dict[str, Any]
    killed: int
    """How many attempts before this one had no end."""


@dataclass(frozen=True, slots=True)
class JobRow:
    """One job as people see it."""

    job: str
    every_s: float
    next_at: datetime
    running: bool
    worker: str | None
    started_at: datetime | None
    finished_at: datetime | None
    succeeded_at: datetime | None
    runs: int
    failures: int
    failing: int
    killed: int
    last_s: float | None
    last_error: str | None
    last_result: dict[str, Any] | None
    overdue_s: float
    """How long it has been due without being run; 0 while it runs."""


def declare(conn: Connection, every_s: Mapping[str, float]) -> None:
    """Make the jobs known, each with its interval in seconds; what is new is due at once.

    A shorter interval takes effect at once, a longer one after the next run.
    """
    with translated(), conn.transaction():
        conn.execute(
            """INSERT INTO jobs (job, every_s) SELECT * FROM unnest(%s::text[], %s::float8[])
               ON CONFLICT (job) DO UPDATE SET every_s = EXCLUDED.every_s,
                   next_at = LEAST(jobs.next_at, now() + make_interval(secs => EXCLUDED.every_s))
               WHERE jobs.every_s <> EXCLUDED.every_s""",
            (list(every_s), list(every_s.values())),
        )


def take(conn: Connection, worker: str, jobs: Collection[str], *, due: bool = True) -> Lease | None:
    """Take the job among `jobs` that has waited longest and that nobody runs; without `due` also one not yet due.

    The lease lives as long as `conn`, which must have no other lease. None: there is nothing to do.
    """
    with translated():
        waits = {"jobs": list(jobs), "due": due, "often": RETRY_OFTEN_S, "kills": KILLS_AT_ONCE}
        for job, _ in conn.execute(_WAITING, waits).fetchall():
            lease = _try(conn, worker, waits, job)
            if lease is not None:
                return lease
    return None


_WAITING = """SELECT job, job_id FROM jobs
    WHERE job = ANY(%(jobs)s) AND (NOT %(due)s OR (
        -- A clock that was set back must not put a job off: no due time lies further ahead than an interval or a retry.
        (next_at <= clock_timestamp()
            OR next_at > clock_timestamp() + make_interval(secs => GREATEST(every_s, %(often)s)))
        AND (killed < %(kills)s
            OR started_at NOT BETWEEN clock_timestamp() - interval '1 minute' AND clock_timestamp())))
    ORDER BY next_at, job_id"""


def _try(conn: Connection, worker: str, waits: Mapping[str, Any], job: str) -> Lease | None:
    with conn.transaction():
        # With the row locked nobody can end a run between our seeing it due and our asking for its lock.
        row = conn.execute(_WAITING + " FOR UPDATE SKIP LOCKED", {**waits, "jobs": [job]}).fetchone()
        if row is None or conn.execute("SELECT pg_try_advisory_lock(%s, %s)", (LOCK_CLASS, row[1])).fetchone() != (
            True,
        ):
            return None
        with conn.cursor(row_factory=class_row(Lease)) as cursor:
            return cursor.execute(
                """UPDATE jobs SET worker = %s, started_at = clock_timestamp(), unfinished = true,
                       killed = CASE WHEN unfinished THEN killed + 1 ELSE 0 END
                   WHERE job_id = %s
                   RETURNING job_id, job, next_at AS due_at, started_at AS taken_at, state, killed""",
                (worker, row[1]),
            ).fetchone()


def ended(conn: Connection, lease: Lease, result: Result, *, more: bool = False, state: Result | None = None) -> None:
    """The run of `lease` succeeded; give the job up.

    It is due again after its interval, counted from when it was due, times missed left out; with `more` at once, behind
    the others that are due already. `state` replaces what the job remembers.
    """
    _finish(
        conn, lease, _ENDED, {"result": _json(result), "more": more, "state": None if state is None else _json(state)}
    )


_ENDED = """UPDATE jobs SET unfinished = false, killed = 0, failing = 0, runs = runs + 1, last_error = NULL,
        finished_at = now(), succeeded_at = now(),
        last_s = extract(epoch FROM now() - started_at), last_result = %(result)s::json,
        state = coalesce(%(state)s::json, state),
        next_at = CASE
            WHEN %(more)s THEN now()
            WHEN next_at > now() AND next_at <= now() + make_interval(secs => every_s)
                THEN next_at
            WHEN next_at > now() THEN now() + make_interval(secs => every_s)
            ELSE next_at + make_interval(secs => every_s
                * (floor(extract(epoch FROM now() - next_at)::float8 / every_s) + 1)) END
    WHERE job_id = %(id)s"""


def failed(conn: Connection, lease: Lease, error: str) -> None:
    """The run of `lease` failed; give the job up, to be tried again sooner than its interval says, but ever later.

    `error` is shown to people and kept: no secret and nothing of a person may be in it.
    """
    _finish(
        conn,
        lease,
        _FAILED,
        {"error": error, "first": RETRY_FIRST_S, "often": RETRY_OFTEN_S, "longest": RETRY_LONGEST_S},
    )


def put_back(conn: Connection, lease: Lease) -> None:
    """The run of `lease` was broken off and rolled back: give the job up, due as before."""
    _finish(conn, lease, "UPDATE jobs SET unfinished = false WHERE job_id = %(id)s", {})


_FAILED = """UPDATE jobs SET unfinished = false, killed = 0, failing = failing + 1, failures = failures + 1,
        finished_at = now(), last_s = extract(epoch FROM now() - started_at),
        last_error = %(error)s,
        next_at = now() + make_interval(secs => LEAST(
            %(first)s * 2.0 ^ LEAST(failing, 30), %(longest)s, GREATEST(every_s, %(often)s)))
    WHERE job_id = %(id)s"""


def _finish(conn: Connection, lease: Lease, update: str, values: Mapping[str, Any]) -> None:
    with translated():
        with conn.transaction():
            conn.execute(update, {**values, "id": lease.job_id})
        # After the commit: whoever gets the lock must see that the job is not due any more.
        conn.execute("SELECT pg_advisory_unlock(%s, %s)", (LOCK_CLASS, lease.job_id))


def remember(conn: Connection, job: str, key: str, value: Json) -> None:
    """Keep `value` with a job while it runs, for a run after this one, should this one be killed.

    Nothing is kept for a job that nobody has declared, and what a run says as its `state` at the end replaces it.
    """
    with translated(), conn.transaction():
        conn.execute(
            "UPDATE jobs SET state = (state::jsonb || jsonb_build_object(%s::text, %s::jsonb))::json WHERE job = %s",
            (key, orjson.dumps(value).decode(), job),
        )


def remembered(conn: Connection, job: str, key: str) -> Json:
    """What `remember` kept; None when nothing."""
    with translated(), conn.transaction():
        row = conn.execute("SELECT state -> %s FROM jobs WHERE job = %s", (key, job)).fetchone()
    found: Json = None if row is None else row[0]
    return found


def _json(value: Result) -> str:
    return orjson.dumps(dict(value)).decode()


def listing(conn: Connection) -> list[JobRow]:
    """Every job ever declared, by name."""
    with translated(), conn.cursor(row_factory=class_row(JobRow)) as cursor:
        return cursor.execute(
            """SELECT j.job, j.every_s, j.next_at, l.pid IS NOT NULL AS running, j.worker, j.started_at, j.finished_at,
                      j.succeeded_at, j.runs, j.failures, j.failing, j.killed, j.last_s, j.last_error, j.last_result,
                      CASE WHEN l.pid IS NULL THEN
                          GREATEST(0, extract(epoch FROM clock_timestamp() - j.next_at))::float8 ELSE 0 END AS overdue_s
               FROM jobs j LEFT JOIN pg_locks l ON l.locktype = 'advisory' AND l.classid = %s::int::oid
                    AND l.objid = j.job_id::oid AND l.objsubid = 2 AND l.granted
                    AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
               ORDER BY j.job""",
            (LOCK_CLASS,),
        ).fetchall()
