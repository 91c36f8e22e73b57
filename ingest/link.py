"""The worker's one connection to the database: made in the background, so that nobody waits for a server that is away.

A server that answers to TCP and to nothing else, frozen or with a dead disk, is given up after a time that the caller
sets; the next statement meets `Unavailable`.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Iterator
from concurrent.futures import Future, wait
from contextlib import contextmanager
from threading import Thread

from store.answering import Limit, limited
from store.database import Connection, connect
from store.errors import Unavailable
from store.migrate import require_current

log = logging.getLogger(__name__)

FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 5.0
CHECK_WITHIN_S = 10.0
"""How long a new connection may take for its first answer."""


class Link:
    """At most one connection, and at most one attempt to make it."""

    def __init__(self, url: str, *, application: str) -> None:
        self._url = url
        self._application = application
        self._conn: Connection | None = None
        self._attempt: Future[Connection] | None = None
        self._next_try = 0.0
        self._pause_s = FIRST_PAUSE_S
        self._said = ""
        self._limit: Limit | None = None

    @property
    def conn(self) -> Connection | None:
        """The connection as far as is known; None when there is none."""
        return self._conn

    def look(self, wait_s: float = 0.0) -> Connection | None:
        """The connection; without one, see to it that it comes, and wait for it up to `wait_s`.

        Raises what an attempt met other than `Unavailable`: `SchemaError`, when database and program do not fit.
        """
        until = time.monotonic() + wait_s
        if self._conn is None and self._attempt is None:
            pause = self._next_try - time.monotonic()
            if pause > wait_s:
                time.sleep(wait_s)
                return None
            time.sleep(max(0.0, pause))
            self._attempt = Future()
            Thread(target=self._connect, args=(self._attempt,), name="database", daemon=True).start()
        if self._attempt is not None:
            wait([self._attempt], max(0.0, until - time.monotonic()))
            if self._attempt.done():
                self._finish(self._attempt)
        return self._conn

    def _connect(self, attempt: Future[Connection]) -> None:
        try:
            conn = connect(self._url, application=self._application, autocommit=True)
            try:
                with limited(conn, CHECK_WITHIN_S):
                    require_current(conn)
            except BaseException:
                conn.close()
                raise
        except BaseException as error:  # noqa: BLE001 - raised again in the thread that asked
            attempt.set_exception(error)
        else:
            attempt.set_result(conn)

    def _finish(self, attempt: Future[Connection]) -> None:
        self._attempt = None
        try:
            self._conn = attempt.result()
        except Unavailable as error:
            if str(error) != self._said:
                log.warning("waiting: %s", error)
                self._said = str(error)
            self._pause()

    def _pause(self) -> None:
        self._next_try = time.monotonic() + self._pause_s * random.uniform(0.7, 1.3)  # noqa: S311 - jitter
        self._pause_s = min(LONGEST_PAUSE_S, self._pause_s * 2)

    def proved(self) -> None:
        """Something was committed: the next outage begins with a short pause again."""
        self._pause_s, self._said = FIRST_PAUSE_S, ""

    @property
    def overdue(self) -> bool:
        """The last limited block was given up because it took too long."""
        return self._limit is not None and self._limit.passed

    @contextmanager
    def limited(self, within_s: float) -> Iterator[None]:
        """Give the connection up when the block waits for the database longer."""
        with limited(self._conn, within_s) as self._limit:
            yield

    def drop(self) -> None:
        """Close the connection; another one is made after a pause."""
        if self._conn is not None:
            self._conn.close()
            self._conn = None
            self._pause()

    def close(self) -> None:
        """Close the connection, and the one that may be coming."""
        if self._attempt is not None:
            self._attempt.add_done_callback(_discard)
            self._attempt = None
        self.drop()


def _discard(attempt: Future[Connection]) -> None:
    if attempt.exception() is None:
        attempt.result().close()
