"""Connections: one for a worker that owns its own, a pool for a service that answers many.

Every connection speaks UTC and reads JSON with orjson. A caller outside this room passes the connection back to
functions of this room and looks at nothing in it.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeAlias

import orjson
import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.types.json import set_json_dumps, set_json_loads
from psycopg_pool import ConnectionPool

from store.errors import BadAddress, Unavailable, translated

Connection: TypeAlias = psycopg.Connection[Any]

CONNECT_TIMEOUT_S = 5
SILENCE_MS = 10_000
"""A server whose machine has not confirmed what we sent, or a probe, for so long is gone: a cut cable says nothing."""
POOL_TIMEOUT_S = 3.0
"""How long a request waits for a free connection before it is told that the database is away."""


def _dumps(value: Any) -> bytes:
    return orjson.dumps(value)


def _configure(conn: Connection) -> None:
    set_json_loads(orjson.loads, conn)
    set_json_dumps(_dumps, conn)


def connect(
    url: str, *, application: str = "vop", statement_timeout_ms: int = 0, autocommit: bool = False
) -> Connection:
    """A connection of the caller's own. With `autocommit` only the functions that say so open transactions.

    `url` is a libpq connection string; "" leaves everything to the `PG*` environment. Raises `Unavailable`, and
    `BadAddress`.
    """
    _check_address(url)
    with translated():
        try:
            conn = psycopg.connect(url, autocommit=autocommit, **_arguments(application, statement_timeout_ms))
        except psycopg.OperationalError as error:
            # libpq's first line names host, port and what happened, and never the password.
            reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
            raise Unavailable(f"the database cannot be reached: {reason}") from error
        _configure(conn)
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


def sever(conn: Connection) -> None:
    """Break `conn` under whoever waits for the server in it, in another thread: he gets `Unavailable`, and at once."""
    try:
        descriptor = os.dup(conn.fileno())
    except (psycopg.OperationalError, OSError):  # closed meanwhile
        return
    with socket.socket(fileno=descriptor) as connection, suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


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
    ) -> None:
        _check_address(url)
        self.url = url
        self._pool: ConnectionPool[Connection] = ConnectionPool(
            url,
            kwargs=_arguments(application, statement_timeout_ms),
            min_size=min_size,
            max_size=max_size,
            timeout=POOL_TIMEOUT_S,
            configure=_configure,
            check=ConnectionPool.check_connection,
            open=False,
        )

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """A connection for one unit of work: committed at the end, rolled back on an error."""
        with translated():
            self._pool.open()
            with self._pool.connection() as conn:
                yield conn

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()

    def __enter__(self) -> Database:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
