"""Rows that came after the raw telemetry of their time was dropped: added to the rollup, once, and removed."""

from __future__ import annotations

from collections.abc import Mapping

from psycopg import sql

from catalog.model import Product
from store.database import Connection
from store.product_tables import is_hypertable
from store.rollups.hours import Hours, start_of

TABLE = "late_rows"


def take(conn: Connection, product: Product, hours: Mapping[int, Hours]) -> int:
    """Move the product's rows of these hours, by device_id, to the temporary table `late_rows`; returns how many.

    Moved, not copied: what is counted is exactly what goes, though more may arrive meanwhile.
    """
    spans = [(device, *span) for device, wanted in hours.items() for span in wanted.spans]
    devices, since, until = (list(column) for column in zip(*spans, strict=True))
    names = {"table": sql.Identifier(product.table), "late": sql.Identifier(TABLE)}
    if is_hypertable(conn, product.table):
        conn.execute("SET LOCAL timescaledb.max_tuples_decompressed_per_dml_transaction = 0")
    conn.execute(sql.SQL("CREATE TEMPORARY TABLE {late} (LIKE {table}) ON COMMIT DROP").format(**names))
    moved = conn.execute(
        sql.SQL(
            """WITH gone AS (
                   DELETE FROM {table} t
                   USING unnest(%(devices)s::int[], %(since)s::timestamptz[], %(until)s::timestamptz[]) s(d, f, l)
                   WHERE t.device_id = s.d AND t.ts >= s.f AND t.ts < s.l
                     AND t.ts >= %(first)s AND t.ts < %(last)s
                   RETURNING t.*)
               INSERT INTO {late} SELECT * FROM gone"""
        ).format(**names),
        {
            "devices": devices,
            "since": list(map(start_of, since)),
            "until": list(map(start_of, until)),
            "first": start_of(min(since)),
            "last": start_of(max(until)),
        },
        prepare=False,
    )
    return moved.rowcount


def forget(conn: Connection) -> None:
    """Drop the temporary table."""
    conn.execute(sql.SQL("DROP TABLE {}").format(sql.Identifier(TABLE)))
