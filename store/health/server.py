"""The server: versions, settings on which our promises rest, its clock, connections and transactions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from psycopg.rows import class_row

from store.database import Connection, connect
from store.errors import translated
from store.migrating.space import local_data_directory


@dataclass(frozen=True, slots=True)
class Server:
    """What the server is and how it is set. None: this role may not see it."""

    version: int
    """As PostgreSQL counts: 180001 is 18.1."""
    version_text: str
    standby: bool
    fsync: bool | None
    full_page_writes: bool | None
    synchronous_commit: str | None
    autovacuum: bool | None
    max_connections: int
    reserved_connections: int
    preloaded: str | None
    """shared_preload_libraries."""
    timescaledb: str | None
    """Version installed in this database."""
    timescaledb_shipped: str | None
    """Version that the server could install."""
    licence: str | None
    """timescaledb.license; None without TimescaleDB."""


def look(url: str, question_ms: int) -> Connection:
    """A connection that can change nothing and asks no question for longer. Raises `Unavailable`."""
    conn = connect(url, application="vop doctor", statement_timeout_ms=question_ms, autocommit=True)
    with translated():
        conn.execute("SET default_transaction_read_only = on")
    return conn


def server(conn: Connection) -> Server:
    """Look at the server."""
    with translated(), conn.cursor(row_factory=class_row(Server)) as cursor:
        found = cursor.execute(
            """WITH s AS (SELECT jsonb_object_agg(name, setting) AS v FROM pg_settings WHERE name IN (
                   'fsync', 'full_page_writes', 'synchronous_commit', 'autovacuum', 'max_connections',
                   'superuser_reserved_connections', 'shared_preload_libraries', 'server_version_num',
                   'server_version', 'timescaledb.license'))
               SELECT (v ->> 'server_version_num')::int AS version, v ->> 'server_version' AS version_text,
                   pg_is_in_recovery() AS standby, (v ->> 'fsync')::bool AS fsync,
                   (v ->> 'full_page_writes')::bool AS full_page_writes,
                   v ->> 'synchronous_commit' AS synchronous_commit, (v ->> 'autovacuum')::bool AS autovacuum,
                   (v ->> 'max_connections')::int AS max_connections,
                   (v ->> 'superuser_reserved_connections')::int AS reserved_connections,
                   v ->> 'shared_preload_libraries' AS preloaded,
                   (SELECT extversion FROM pg_extension WHERE extname = 'timescaledb') AS timescaledb,
                   (SELECT default_version FROM pg_available_extensions WHERE name = 'timescaledb')
                       AS timescaledb_shipped,
                   v ->> 'timescaledb.license' AS licence
               FROM s"""
        ).fetchone()
    assert found is not None  # an aggregate always has a row
    return found


def now(conn: Connection) -> datetime:
    """The server's clock, at this moment."""
    with translated():
        [row] = conn.execute("SELECT clock_timestamp()").fetchall()
    moment: datetime = row[0]
    return moment


def data_directory(conn: Connection) -> Path | None:
    """Where the server keeps its data, if that is on this machine and may be looked at."""
    with translated():
        return local_data_directory(conn)


@dataclass(frozen=True, slots=True)
class Session:
    """A session with an open transaction."""

    pid: int
    application: str
    age_s: float
    """Of its transaction."""
    idle: bool
    """It does nothing and keeps the transaction open."""
    blocks: int
    """Sessions that wait for it."""


@dataclass(frozen=True, slots=True)
class Activity:
    """Who is connected and what they hold up."""

    connections: int
    """To the whole server, background workers not counted."""
    oldest: Session | None
    """With the oldest transaction in this database; migrations are not counted."""
    xid_age: int
    """Transactions since the oldest row that VACUUM has not frozen; at 2^31 the server stops writing."""


def activity(conn: Connection) -> Activity:
    """Look at the sessions. Without pg_monitor the transactions of other roles are not seen."""
    with translated():
        counted = conn.execute(
            """SELECT (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend')::int,
                      (SELECT age(datfrozenxid) FROM pg_database WHERE datname = current_database())"""
        ).fetchone()
        with conn.cursor(row_factory=class_row(Session)) as cursor:
            oldest = cursor.execute(
                """SELECT pid, coalesce(nullif(application_name, ''), 'unnamed') AS application,
                          extract(epoch FROM clock_timestamp() - xact_start)::float8 AS age_s,
                          coalesce(state LIKE 'idle in transaction%', false) AS idle,
                          (SELECT count(*) FROM pg_stat_activity w
                           WHERE a.pid = ANY (pg_blocking_pids(w.pid)) AND w.wait_event_type = 'Lock')::int AS blocks
                   FROM pg_stat_activity a
                   WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL
                     AND backend_type = 'client backend' AND application_name <> 'vop migrate'
                   ORDER BY xact_start LIMIT 1"""
            ).fetchone()
    connections, xid_age = counted or (0, 0)
    return Activity(connections, oldest, xid_age)
