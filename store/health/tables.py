"""Tables: partitions ahead, chunks, indexes left half made, rows that VACUUM has not come to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import class_row

from catalog.model import Product
from store.database import Connection
from store.errors import translated


@dataclass(frozen=True, slots=True)
class Ahead:
    """A table partitioned by month, and the end of its last partition; None: it has none."""

    table: str
    until: datetime | None


def partitions_ahead(conn: Connection, tables: Sequence[str]) -> list[Ahead]:
    """Of those among `tables` that are partitioned, by name."""
    with translated(), conn.cursor(row_factory=class_row(Ahead)) as cursor:
        return cursor.execute(
            # The bound is text: FOR VALUES FROM ('2026-12-01 00:00:00+00') TO ('2027-01-01 00:00:00+00').
            r"""SELECT p.relname AS table,
                       max(substring(pg_get_expr(c.relpartbound, c.oid) FROM 'TO \(''([^'']+)''\)')::timestamptz)
                           AS until
                FROM pg_class p LEFT JOIN pg_inherits i ON i.inhparent = p.oid
                LEFT JOIN pg_class c ON c.oid = i.inhrelid
                WHERE p.relkind = 'p' AND p.relnamespace = 'public'::regnamespace AND p.relname = ANY(%s)
                GROUP BY p.relname ORDER BY p.relname""",
            (list(tables),),
        ).fetchall()


@dataclass(frozen=True, slots=True)
class Hypertable:
    """A telemetry table that TimescaleDB keeps."""

    table: str
    chunk_days: float
    chunks: int
    columnstore: bool
    policy_failures: int
    """Failures of its columnstore job since that last succeeded."""


def hypertables(conn: Connection) -> list[Hypertable]:
    """All of them; only where TimescaleDB is installed."""
    with translated(), conn.cursor(row_factory=class_row(Hypertable)) as cursor:
        return cursor.execute(
            """SELECT h.hypertable_name AS table, extract(epoch FROM d.time_interval)::float8 / 86400 AS chunk_days,
                      h.num_chunks::int AS chunks, h.compression_enabled AS columnstore,
                      coalesce((SELECT sum(s.total_failures)::int FROM timescaledb_information.job_stats s
                                WHERE s.hypertable_schema = h.hypertable_schema
                                  AND s.hypertable_name = h.hypertable_name AND s.last_run_status = 'Failed'), 0)
                          AS policy_failures
               FROM timescaledb_information.hypertables h
               JOIN timescaledb_information.dimensions d USING (hypertable_schema, hypertable_name)
               WHERE h.hypertable_schema = 'public' ORDER BY 1"""
        ).fetchall()


def half_made_indexes(conn: Connection) -> list[str]:
    """Indexes that a CREATE INDEX CONCURRENTLY did not finish and that nobody is making now."""
    with translated():
        rows = conn.execute(
            """SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
               WHERE NOT i.indisvalid AND c.relkind = 'i' AND c.relnamespace = 'public'::regnamespace
                 AND NOT EXISTS (SELECT FROM pg_stat_progress_create_index p WHERE p.index_relid = c.oid)
               ORDER BY 1"""
        )
        return [row[0] for row in rows]


@dataclass(frozen=True, slots=True)
class Bloat:
    """A table with many rows that nobody can see any more."""

    table: str
    dead: int
    live: int
    vacuumed_at: datetime | None


def bloated(conn: Connection, *, least: int, share: float) -> list[Bloat]:
    """Tables with at least `least` dead rows and more than `share` of all, most first."""
    with translated(), conn.cursor(row_factory=class_row(Bloat)) as cursor:
        return cursor.execute(
            """SELECT relname AS table, n_dead_tup AS dead, n_live_tup AS live,
                      greatest(last_vacuum, last_autovacuum) AS vacuumed_at
               FROM pg_stat_user_tables
               WHERE n_dead_tup >= %s AND n_dead_tup > %s * (n_live_tup + n_dead_tup)
               ORDER BY n_dead_tup DESC LIMIT 5""",
            (least, share),
        ).fetchall()


def undeclared(conn: Connection, catalog: Mapping[str, Product]) -> list[str]:
    """`table` or `table.column` of the catalogue that the database does not have."""
    with translated():
        rows = conn.execute(
            """SELECT c.relname, array_agg(a.attname::text) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
               WHERE c.relnamespace = 'public'::regnamespace AND c.relname = ANY(%s) AND a.attnum > 0
                 AND NOT a.attisdropped GROUP BY 1""",
            ([product.table for product in catalog.values()],),
        )
        present = {table: set(columns) for table, columns in rows}
    missing = []
    for product in catalog.values():
        columns = present.get(product.table)
        if columns is None:
            missing.append(product.table)
        else:
            missing += [f"{product.table}.{s.key}" for s in product.signal if s.key not in columns]
    return missing
