"""What is old goes, by whole chunks or partitions where there are any (DESIGN decision 21)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from psycopg import sql

from catalog.model import Product
from store import deadletters, idempotency, partitions
from store.database import Connection
from store.errors import translated
from store.product_tables import is_hypertable


@dataclass(frozen=True, slots=True)
class Retention:
    """How long each kind of record is kept, in days."""

    raw_days: int = 400
    dead_letter_days: int = 90
    audit_days: int = 730

    idempotency_hours: int = 24


def apply(conn: Connection, catalog: Mapping[str, Product], keep: Retention, now: datetime) -> dict[str, int]:
    """Drop what is older than `keep` says, and make the partitions of the coming months.

    Returns what went: chunks or partitions per telemetry table and of `audit`, rows of the others. Continuity
    (`runs`, `boots`, `heard`) is small and stays: coverage of a past year can still be told.
    """
    gone: dict[str, int] = {}
    raw_before = now - timedelta(days=keep.raw_days)
    with translated():
        for product in catalog.values():
            with conn.transaction():
                gone[product.table] = _drop_raw(conn, product.table, raw_before, now)
        with conn.transaction():
            gone["unclocked"] = conn.execute("DELETE FROM unclocked WHERE ts < %s", (raw_before,)).rowcount
            gone["dead_letters"] = deadletters.expire(conn, now - timedelta(days=keep.dead_letter_days))
            gone["idempotency"] = idempotency.forget(conn, now - timedelta(hours=keep.idempotency_hours))
            partitions.ensure_audit(conn, now)
            gone["audit"] = len(partitions.drop_before(conn, "audit", now - timedelta(days=keep.audit_days)))
    return gone


def _drop_raw(conn: Connection, table: str, before: datetime, now: datetime) -> int:
    if is_hypertable(conn, table):
        return len(
            conn.execute("SELECT drop_chunks(%s::regclass, older_than => %s::timestamptz)", (table, before)).fetchall()
        )
    partitions.ensure(conn, table, now, now + partitions.AHEAD)
    return len(partitions.drop_before(conn, table, before))


def analyze(conn: Connection, catalog: Mapping[str, Product]) -> None:
    """Refresh the planner's statistics after a bulk load."""
    with translated(), conn.transaction():
        for table in ("events", "heard", "runs", "latest", *(p.table for p in catalog.values())):
            conn.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(table)))
