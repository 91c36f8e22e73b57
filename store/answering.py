"""Connections that do not wait for ever: a server that is frozen answers to TCP, and to nothing else.

How long to wait is counted where psycopg waits, in the thread that asked: nothing is broken from outside, so nothing
that somebody else opened meanwhile can be hit. Who waited too long finds the connection closed, and `Unavailable`
(`store.errors.translated`). What the server did with the statement is then not known.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Self, TypeVar

import psycopg
from psycopg import errors as pg

from store.errors import Cancelled, NoAnswer

T = TypeVar("T")


@dataclass(slots=True)
class Patience:
    """How long connections wait; one may be shared by all of a pool."""

    within_s: float = math.inf
    """For a sign of the server: every byte it sends or takes begins it anew."""
    until: float = math.inf
    """By the monotonic clock; then nobody waits any more."""


@dataclass(slots=True)
class Limit:
    """A block that is to end in time."""

    within_s: float
    until: float
    passed: bool = False
    """Whether the connection was given up for it."""


class Answering(psycopg.Connection[Any]):
    """A connection that is closed when its server takes longer than `patience`, or the block around, allows."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.patience = Patience()
        self.limit: Limit | None = None
        self.interrupted = False

    @classmethod
    def connect(  # type: ignore[override]  # one more argument
        cls, conninfo: str = "", *, failed: Callable[[Exception], None] | None = None, **named: Any
    ) -> Self:
        """As psycopg's. `failed` is told why there is none, which a pool keeps to itself."""
        try:
            return super().connect(conninfo, **named)
        except psycopg.Error as error:
            if failed is not None:
                failed(error)
            raise

    def wait(self, gen: Generator[Any, Any, T], *arguments: Any, **named: Any) -> T:
        """As psycopg's, for all that is ever waited for. Raises `NoAnswer`; the connection is closed then."""
        try:
            return super().wait(self._bounded(gen), *arguments, **named)
        except NoAnswer:
            self.close()
            raise
        except pg.QueryCanceled as error:
            if self.interrupted:
                raise Cancelled("the statement was interrupted") from error
            raise

    def _bounded(self, gen: Generator[Any, Any, T]) -> Generator[Any, Any, T]:
        """Psycopg asks ten times a second while there is nothing: `ready` is 0 then."""
        since = time.monotonic()
        try:
            wanted = next(gen)
            while True:
                ready = yield wanted
                now = time.monotonic()
                if ready:
                    since = now
                self._require(now, since)
                wanted = gen.send(ready)
        except StopIteration as end:
            found: T = end.value
            return found

    def _require(self, now: float, since: float) -> None:
        limit = self.limit
        if limit is not None and now >= limit.until:
            limit.passed = True
            raise NoAnswer(f"the database has not answered for {limit.within_s:g} s")
        if now - since >= self.patience.within_s:
            raise NoAnswer(f"the database has not answered for {self.patience.within_s:g} s")
        if now >= self.patience.until:
            raise NoAnswer("the database has not answered in the time there was to end")


@contextmanager
def limited(conn: psycopg.Connection[Any] | None, within_s: float) -> Iterator[Limit]:
    """Close `conn` when the block waits for its server later than `within_s` from now.

    What is asked then raises `Unavailable`. No connection, or one not made by this room: no limit.
    """
    limit = Limit(within_s, time.monotonic() + within_s)
    if not isinstance(conn, Answering):
        yield limit
        return
    around = conn.limit
    conn.limit = limit if around is None or limit.until <= around.until else around
    try:
        yield limit
    finally:
        conn.limit = around


@contextmanager
def patient(conn: psycopg.Connection[Any], within_s: float) -> Iterator[None]:
    """In the block an answer of `conn`, which is nobody else's, may take this long."""
    if not isinstance(conn, Answering):
        yield
        return
    around = conn.patience
    conn.patience = Patience(within_s, around.until)
    try:
        yield
    finally:
        conn.patience = around


def interrupt(conn: psycopg.Connection[Any], within_s: float) -> None:
    """Have the server end the statement of `conn`, which another thread waits for: it raises `Interrupted` there.

    The connection stays usable: the transaction can be rolled back. Takes at most about `within_s`; nothing happens
    when there is no statement, or the server cannot be reached.
    """
    if isinstance(conn, Answering):
        conn.interrupted = True
    with suppress(psycopg.OperationalError, pg.CancellationTimeout):
        conn.cancel_safe(timeout=within_s)
