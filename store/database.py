"""Connections: one for a worker that owns its own, a pool for a service that answers many.

Every connection speaks UTC and reads JSON with orjson. A caller outside this room passes the connection back to
functions of this room and looks at nothing in it.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

import orjson
import psycopg
from psycopg import errors as pg
from psycopg.conninfo import conninfo_to_dict
from psycopg.types.json import set_json_dumps, set_json_loads
from psycopg_pool import ConnectionPool, PoolTimeout

from store.answering import Answering, Patience, limited
from store.errors import BadAddress, NoAnswer, StoreError, Unavailable, translated

log = logging.getLogger(__name__)

Connection: TypeAlias = psycopg.Connection[Any]

CONNECT_TIMEOUT_S = 5
SILENCE_MS = 10_000
"""A server whose machine has not confirmed what we sent, or a probe, for so long is gone: a cut cable says nothing."""
POOL_TIMEOUT_S = 3.0
"""How long a request waits for a free connection before it is told that the database is away."""
CHECK_WITHIN_S = 2.0
"""How long a connection may take to show that it is alive."""
ANSWER_MARGIN_S = 2.0
"""The server ends a statement that takes too long, and says so; one that is silent for so much longer is frozen."""
RECONNECT_FOR_S = 3.0
CLOSE_WITHIN_S = 2.0


def _dumps(value: Any) -> bytes:
    return orjson.dumps(value)


def _configure(conn: Connection) -> None:
    set_json_loads(orjson.loads, conn)
    set_json_dumps(_dumps, conn)


def connect(
    url: str,
    *,
    application: str = "vop",
    statement_timeout_ms: int = 0,
    autocommit: bool = False,
    answer_within_s: float = math.inf,
) -> Connection:
    """A connection of the caller's own. With `autocommit` only the functions that say so open transactions.

    `url` is a libpq connection string; "" leaves everything to the `PG*` environment. When the server is silent for
    `answer_within_s` seconds, the connection is closed and `Unavailable` raised where it was waited for. Raises
    `Unavailable`, and `BadAddress`.
    """
    _check_address(url)
    with translated():
        try:
            conn = Answering.connect(url, autocommit=autocommit, **_arguments(application, statement_timeout_ms))
        except psycopg.OperationalError as error:
            # libpq's first line names host, port and what happened, and never the password.
            reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
            raise Unavailable(f"the database cannot be reached: {reason}") from error
        _configure(conn)
        conn.patience.within_s = answer_within_s
        return conn


def _check_address(url: str) -> None:
    try:
        conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        # libpq repeats what it could not read, and with it the password.
        raise BadAddress(
            "VOP_DATABASE_URL cannot be read; write it as postgresql://user:password@host:port/database, "
            "percent-encoding user and password, or as libpq's keyword=value"
        ) from None


# How soon the server notices that we are gone, even in the middle of a statement: our locks live until then.
_NOTICE_DEATH = (
    "-c client_connection_check_interval=500 -c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 "
    "-c tcp_keepalives_count=3"
)


def _arguments(application: str, statement_timeout_ms: int) -> dict[str, Any]:
    return {
        "connect_timeout": CONNECT_TIMEOUT_S,
        "application_name": application,
        "options": f"-c timezone=UTC -c statement_timeout={statement_timeout_ms} {_NOTICE_DEATH}",
        "tcp_user_timeout": SILENCE_MS,
        "keepalives_idle": 5,
        "keepalives_interval": 2,
        "keepalives_count": 3,
    }


class Database:
    """A pool of connections to one database.

    Opening it does not need the database to be there: requests fail with `Unavailable` until it is. Raises
    `BadAddress` at once.
    """

    def __init__(
        self,
        url: str,
        *,
        min_size: int = 1,
        max_size: int = 8,
        application: str = "vop",
        statement_timeout_ms: int = 0,
        fits: Callable[[Connection], None] | None = None,
    ) -> None:
        """`fits` is asked of each new connection, and what it raises is raised to whoever wants one."""
        _check_address(url)
        self.url = url
        self._max_size = max_size
        self._fits = fits
        self._patience = Patience(
            statement_timeout_ms / 1000 + ANSWER_MARGIN_S if statement_timeout_ms else math.inf,
        )
        self._trouble: Exception | None = None
        self._here = threading.local()
        # It says the same at each attempt, a line a connection; `_failed` says it once.
        logging.getLogger("psycopg.pool").setLevel(logging.ERROR)
        self._pool: ConnectionPool[Answering] = ConnectionPool(
            url,
            connection_class=Answering,
            kwargs={**_arguments(application, statement_timeout_ms), "failed": self._failed},
            min_size=min_size,
            max_size=max_size,
            timeout=POOL_TIMEOUT_S,
            # Longer, and the pauses between attempts grow: the next request makes an attempt of its own anyhow.
            reconnect_timeout=RECONNECT_FOR_S,
            configure=self._configure,
            check=self._check,
            open=False,
        )

    def open(self) -> None:
        """Begin to connect, and wait for nothing; `connection` does it too. What is in the way is logged."""
        self._pool.open()

    @contextmanager
    def connection(self, *, wait_s: float = POOL_TIMEOUT_S) -> Iterator[Connection]:
        """A connection for one unit of work: committed at the end, rolled back on an error.

        Waits about `wait_s` for one. One that was silent for two seconds more than a statement may take is given up.
        Raises `Unavailable`, and what `fits` raises.
        """
        with translated():
            self._pool.open()
            self._here.until = time.monotonic() + wait_s
            try:
                conn = self._pool.getconn(timeout=wait_s)
            except PoolTimeout as error:
                raise self._why() from error
            self._well()
            try:
                with conn:
                    yield conn
            finally:
                self._pool.putconn(conn)

    def end_within(self, seconds: float) -> None:
        """From then on nobody waits for an answer any more. From any thread."""
        self._patience.until = time.monotonic() + seconds

    def close(self) -> None:
        """Close all connections; waits for attempts to make some up to `CLOSE_WITHIN_S`."""
        self._pool.close(timeout=CLOSE_WITHIN_S)

    def __enter__(self) -> Database:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _configure(self, conn: Answering) -> None:
        _configure(conn)
        conn.patience = self._patience
        if self._fits is None:
            return
        try:
            with limited(conn, CHECK_WITHIN_S):
                self._fits(conn)
                conn.rollback()
        except (StoreError, psycopg.Error) as error:
            self._failed(error)
            conn.close()
            raise

    def _check(self, conn: Answering) -> None:
        """In the thread that asked: a connection that does not answer is not handed out."""
        left_s = self._here.until - time.monotonic()
        try:
            with limited(conn, max(0.1, min(CHECK_WITHIN_S, left_s))):
                ConnectionPool.check_connection(conn)
        except NoAnswer as error:
            self._failed(error)
            raise

    def _failed(self, error: Exception) -> None:
        before, self._trouble = self._trouble, error
        if before is None or _reason(before) != _reason(error):
            log.warning("waiting for the database: %s", _reason(error))

    def _well(self) -> None:
        if self._trouble is not None:
            self._trouble = None
            log.info("the database answers")

    def _why(self) -> StoreError:
        trouble = self._trouble
        if trouble is None:
            return Unavailable(f"all {self._max_size} connections to the database are in use; try again")
        if isinstance(trouble, StoreError):
            return type(trouble)(str(trouble))
        return Unavailable(f"the database is away: {_reason(trouble)}")


def _reason(error: Exception) -> str:
    """Why there is no connection, for people: not where the server is, and no password, which libpq never tells."""
    if isinstance(error, pg.ConnectionTimeout | NoAnswer):
        return "it does not answer; look at its machine, its disk and the way to it"
    words = str(error).strip() or type(error).__name__
    if isinstance(error, psycopg.Error):
        words = words.splitlines()[0].rpartition("failed: ")[2]
    return words
