"""Never the one that everybody waits for: a lock that is not to be had soon is given up and tried again.

A statement that waits for a table lock makes all who come after it wait too, readers as well. So it waits two seconds
at most; then it lets them pass, and tries again later.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from psycopg import errors as pg

from store.database import Connection
from store.errors import Retry

T = TypeVar("T")
Say = Callable[[str], None]

LOCK_TIMEOUT_MS = 2_000
"""More than PostgreSQL's deadlock_timeout (1 s): only a wait that long makes autovacuum give way."""
PAUSES_S = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0)
"""Between attempts; the last one is repeated."""
PATIENCE_S = 600.0
_NAMED = 3
POLL_S = 0.2


def patiently(conn: Connection, what: str, work: Callable[[], T], say: Say, patience_s: float = PATIENCE_S) -> T:
    """Do `work` in a transaction of its own, again for as long as others hold what it needs.

    `work` must be repeatable. Raises `Retry` when `patience_s` is over, naming the sessions with the longest
    transactions.
    """
    deadline = time.monotonic() + patience_s
    attempt = 0
    while True:
        try:
            with conn.transaction():
                conn.execute(f"SET LOCAL lock_timeout = {LOCK_TIMEOUT_MS}".encode())
                return work()
        except (pg.LockNotAvailable, pg.DeadlockDetected) as error:
            pause = PAUSES_S[min(attempt, len(PAUSES_S) - 1)]
            attempt += 1
            if time.monotonic() + pause > deadline:
                raise Retry(
                    f"{what}: what it needs to lock was in use at each of {attempt} attempts in {patience_s:g} s; "
                    f"{_longest(conn)}. What was done before it stands: run `vop migrate` again, at a quieter time "
                    "or when that session has ended."
                ) from error
            say(f"{what}: in use by others, who go on; trying again in {pause:g} s")
            time.sleep(pause)


@contextmanager
def alone(conn: Connection, lock: int, say: Say) -> Iterator[None]:
    """Hold the advisory lock `lock`; `conn` must be in autocommit.

    Asked for again and again and not waited for: whoever waits inside a statement holds a snapshot, and the other run's
    CREATE INDEX CONCURRENTLY would wait for that.
    """
    said = False
    while conn.execute("SELECT pg_try_advisory_lock(%s)", (lock,)).fetchone() != (True,):
        if not said:
            say("another `vop migrate` is at work on this database: waiting for it")
            said = True
        time.sleep(POLL_S)
    try:
        yield
    finally:
        if not conn.closed:
            conn.execute("SELECT pg_advisory_unlock(%s)", (lock,))


def _longest(conn: Connection) -> str:
    rows = conn.execute(
        """SELECT format('%%s (pid %%s, for %%s s)', coalesce(nullif(application_name, ''), 'unnamed'), pid,
                         extract(epoch FROM clock_timestamp() - xact_start)::int)
           FROM pg_stat_activity
           WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL
           ORDER BY xact_start LIMIT %s""",
        (_NAMED,),
    ).fetchall()
    if not rows:
        return "no transaction is open now, or this user may not see it"
    return "the oldest transactions open now: " + ", ".join(row[0] for row in rows)
