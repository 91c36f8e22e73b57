"""Monthly partitions, for plain PostgreSQL's telemetry and everywhere's audit.

`make_month` in the database makes one as the owner of the tables, so that whoever stores rows can have it made.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

from psycopg import sql

from catalog.model import Product
from store.database import Connection
from store.errors import translated

AHEAD = timedelta(days=62)
"""Partitions exist this far into the future, so that a forgotten clock job leaves two months to notice."""


AUDIT_AHEAD = timedelta(days=400)
"""The audit's partitions exist for more than a year: whoever forgets the clock job must not stop the platform, which
refuses what it cannot write down."""


def months(start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The calendar months in UTC, as half-open pairs, that `[start, end]` touches."""
    month = datetime(start.year, start.month, 1, tzinfo=UTC)
    while month <= end:
        following = (month + timedelta(days=32)).replace(day=1)
        yield month, following
        month = following


def name(parent: str, month: datetime) -> str:
    """Name of the partition of `parent` that begins at `month`."""
    return f"{parent}_p{month:%Y_%m}"


def existing(conn: Connection, parent: str) -> set[str]:
    """Names of the partitions of `parent`."""
    rows = conn.execute(
        "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = %s::regclass",
        (parent,),
    )
    return {row[0] for row in rows}


def ensure(conn: Connection, parent: str, start: datetime, end: datetime) -> list[str]:
    """Make the monthly partitions of `parent` over `[start, end]` that do not exist; return the new names.

    The database does it as the owner of `parent`, so that a worker with rights to nothing but rows can.
    """
    present = existing(conn, parent)
    made: list[str] = []
    for since, _ in months(start, end):
        partition = name(parent, since)
        if partition in present:
            continue
        done = conn.execute("SELECT make_month(%s, %s)", (parent, since.date())).fetchone()
        if done == (True,):
            made.append(partition)
    return made


def ensure_audit(conn: Connection, now: datetime | None = None) -> list[str]:
    """Make this and the coming months' partitions of the audit log."""
    now = now or datetime.now(UTC)
    return ensure(conn, "audit", now, now + AUDIT_AHEAD)


def ensure_ahead(conn: Connection, catalog: Mapping[str, Product], now: datetime) -> list[str]:
    """Make this and the coming months' partitions of the audit log and, on plain PostgreSQL, of telemetry.

    One transaction a table; returns the names of the new ones.
    """
    with translated():
        with conn.transaction():
            made = ensure_audit(conn, now)
        tables = [product.table for product in catalog.values()]
        partitioned = conn.execute(
            """SELECT relname FROM pg_class
               WHERE relnamespace = 'public'::regnamespace AND relkind = 'p' AND relname = ANY(%s) ORDER BY 1""",
            (tables,),
        ).fetchall()
        for (table,) in partitioned:
            with conn.transaction():
                made += ensure(conn, table, now, now + AHEAD)
    return made


def drop_before(conn: Connection, parent: str, before: datetime) -> list[str]:
    """Drop the partitions of `parent` that end at or before `before`; return their names."""
    keep_from = datetime(before.year, before.month, 1, tzinfo=UTC)
    oldest_kept = name(parent, keep_from)
    dropped = sorted(p for p in existing(conn, parent) if p < oldest_kept)
    for partition in dropped:
        conn.execute(sql.SQL("DROP TABLE {}").format(sql.Identifier(partition)))
    return dropped
