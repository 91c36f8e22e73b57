"""A lane: one connection that takes a due job, runs it, tells what became of it, and takes the next."""

from __future__ import annotations

import logging
import os
import random
import socket
import time
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import Event, Lock

from relay.job import Job, Turn
from relay.metrics import Metrics
from store import jobs
from store.answering import interrupt, patient
from store.database import Connection, connect
from store.errors import Interrupted, StoreError, Unavailable
from store.jobs import Lease
from store.migrate import require_current

log = logging.getLogger(__name__)

ANSWER_WITHIN_S = 10.0
"""How long the database may be silent when it is asked for a job, or told what became of one."""
STATEMENT_WITHIN_S = 1800.0
"""How long a statement of a job may take: the longest there is packs, drops or rolls up a whole chunk."""
INTERRUPT_WITHIN_S = 0.5
LOOK_S = 1.0
"""How often an idle lane looks for a job that is due."""
FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 5.0
"""Between two attempts to reach a database that is away."""


def worker() -> str:
    """How this relay is called in the table of jobs."""
    return f"{socket.gethostname()}:{os.getpid()}"


class Lane:
    """Runs until `stopping` is set; then it ends the run in hand."""

    def __init__(
        self,
        database_url: str,
        known: Mapping[str, Job],
        metrics: Metrics,
        stopping: Event,
        statement_within_s: float = STATEMENT_WITHIN_S,
    ) -> None:
        self._database_url = database_url
        self._known = known
        self._metrics = metrics
        self._stopping = stopping
        self._statement_within_s = statement_within_s
        self._conn: Connection | None = None
        self._in_a_run: Connection | None = None
        self._guard = Lock()

    @property
    def connected(self) -> bool:
        """Whether the database was there when it was last asked."""
        return self._conn is not None

    def run(self) -> None:
        """Work until told to stop. Raises `SchemaError` when database and program do not fit."""
        pause, said = FIRST_PAUSE_S, ""
        try:
            while not self._stopping.is_set():
                try:
                    worked = self.once(self._connection())
                except Unavailable as error:
                    self._disconnect()
                    if str(error) != said:
                        log.warning("waiting: %s", error)
                        said = str(error)
                    self._pause(pause)
                    pause = min(LONGEST_PAUSE_S, pause * 2)
                    continue
                pause, said = FIRST_PAUSE_S, ""
                if not worked:
                    self._pause(LOOK_S)
        finally:
            self._disconnect()

    def once(self, conn: Connection) -> bool:
        """Run a job that is due, if there is one. Raises `Unavailable`."""
        lease = jobs.take(conn, worker(), self._known)
        if lease is not None:
            self.perform(conn, lease)
        return lease is not None

    def perform(self, conn: Connection, lease: Lease) -> bool:
        """Run the job of `lease` and tell what became of it; returns whether there is more to do at once.

        Raises `Unavailable` when the connection may be gone, and with it the lease: the job is then still due.
        """
        began = time.monotonic()
        try:
            turn = Turn(conn, lease.taken_at, lease.due_at, lease.state, self._stopping.is_set)
            with self._run_of(conn):
                done = self._known[lease.job].run(turn)
        except Interrupted:
            jobs.put_back(conn, lease)
            log.info("job %s was broken off and rolled back; it is still due", lease.job)
            return False
        except Unavailable:
            self._metrics.ran(lease.job, time.monotonic() - began, well=False)
            raise
        except Exception as error:  # noqa: BLE001 - a loop's edge, told below
            # One job that fails must not stop the others; its row and the metrics tell of it.
            self._metrics.ran(lease.job, time.monotonic() - began, well=False)
            log.error("job %s failed: %s\n%s", lease.job, told(error), where(error))  # noqa: TRY400
            jobs.failed(conn, lease, told(error))
            return False
        jobs.ended(conn, lease, done.result, more=done.more, state=done.state)
        self._metrics.ran(lease.job, time.monotonic() - began, well=True)
        return done.more

    def interrupt(self) -> None:
        """Break the run in hand off, if there is one in a statement: from another thread, as often as it takes."""
        with self._guard:
            if self._in_a_run is not None:
                interrupt(self._in_a_run, INTERRUPT_WITHIN_S)

    @contextmanager
    def _run_of(self, conn: Connection) -> Iterator[None]:
        with self._guard:
            self._in_a_run = conn
        try:
            with patient(conn, self._statement_within_s):
                yield
        finally:
            # After it nobody interrupts any more: what became of the run is to be told.
            with self._guard:
                self._in_a_run = None

    def _connection(self) -> Connection:
        if self._conn is None:
            conn = connect(
                self._database_url, application="vop relay", autocommit=True, answer_within_s=ANSWER_WITHIN_S
            )
            try:
                require_current(conn)
            except BaseException:
                conn.close()
                raise
            self._conn = conn
        return self._conn

    def _disconnect(self) -> None:
        if self._conn is not None:
            self._conn.close()
        self._conn = None

    def _pause(self, seconds: float) -> None:
        self._stopping.wait(seconds * random.uniform(0.7, 1.3))  # noqa: S311 - jitter


def told(error: Exception) -> str:
    """What people are told of a failure. The store's own errors hold no value of anybody's; of others only the kind."""
    if isinstance(error, StoreError):
        return str(error)
    return f"{type(error).__name__}; the relay's log has the traceback"


def where(error: BaseException) -> str:
    """The lines of code an error and its causes came through, without their words: PostgreSQL's may quote a row."""
    found: list[str] = []
    cause: BaseException | None = error
    while cause is not None:
        found.insert(0, f"{type(cause).__name__}\n{''.join(traceback.format_tb(cause.__traceback__))}")
        cause = cause.__cause__ or cause.__context__
    return "".join(found)
