"""How the jobs stand, read again and again, and whether the database answers: what people and probes look at."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from threading import Event, Thread

from relay.job import Job
from relay.metrics import Metrics
from store import jobs
from store.database import Connection, connect
from store.errors import Unavailable
from store.migrate import require_current

log = logging.getLogger(__name__)

WATCH_S = 5.0
"""How often the figures of the jobs are read."""
ANSWER_WITHIN_S = 3.0
"""How long that may take: with the interval, how soon a database that is frozen is noticed."""


class Watch:
    """Runs until `stopping` is set, in a connection of its own: no lane's work is in its way."""

    def __init__(self, url: str, known: Mapping[str, Job], metrics: Metrics, stopping: Event) -> None:
        self._url = url
        self._known = known
        self._metrics = metrics
        self._stopping = stopping
        self._conn: Connection | None = None
        self.trouble = "the database"
        """What the relay waits for, in words; "" when the last look was answered."""

    def run(self, lanes: Sequence[Thread]) -> None:
        """Make the jobs known, start `lanes`, and show how the jobs stand. Raises `SchemaError`."""
        waiting = list(lanes)
        try:
            while not self._stopping.is_set():
                try:
                    self._look(waiting)
                except Unavailable as error:
                    self._lost(error)
                self._stopping.wait(WATCH_S)
        finally:
            self._close()

    def _look(self, waiting: list[Thread]) -> None:
        if self._conn is None:
            self._conn = connect(
                self._url, application="vop relay watch", autocommit=True, answer_within_s=ANSWER_WITHIN_S
            )
            require_current(self._conn)
            jobs.declare(self._conn, {job.name: job.every_s for job in self._known.values()})
        while waiting:
            waiting.pop(0).start()
        self._metrics.show(jobs.listing(self._conn))
        if self.trouble:
            self.trouble = ""
            log.info("the database answers")

    def _lost(self, error: Unavailable) -> None:
        trouble = f"the database: {error}"
        if trouble != self.trouble:
            log.warning("how the jobs stand is not known: %s", error)
            self.trouble = trouble
        self._close()

    def _close(self) -> None:
        if self._conn is not None:
            self._conn.close()
        self._conn = None
