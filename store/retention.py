"""What is old goes, by whole chunks or partitions where there are any (DESIGN decision 21)."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from psycopg import sql

from catalog.model import Product
from store import deadletters, expiry, idempotency, partitions
from store.database import Connection
from store.errors import StoreError, Unavailable, translated
from store.rollups.products import declared

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Retention:
    """How long each kind of record is kept, in days."""

    raw_days: int = 400
    rollup_days: int = 1_830
    """Of hours and days; never shorter than raw rows are there."""
    dead_letter_days: int = 90
    audit_days: int = 730

    idempotency_hours: int = 24


def apply(conn: Connection, catalog: Mapping[str, Product], keep: Retention, now: datetime) -> dict[str, int]:
    """Drop what is older than `keep` says, and make the partitions of the coming months.

    Returns what went: chunks or partitions per telemetry table and of `audit`, rows of the others. Raw telemetry goes
    after its rollup is verified, that of products no longer in the catalogue too; what could not go yet is counted as
    `<table> kept`. What fails for one product is raised when all else is done. Continuity (`runs`, `boots`,
    `heard`) is small and stays: coverage of a past year can still be told. The connection must not be inside a
    transaction.
    """
    gone: dict[str, int] = {}
    raw_before = now - timedelta(days=keep.raw_days)
    with translated():
        products = declared(conn)
        failed = None
        for product in products.values():
            try:
                raw = expiry.drop(conn, product, raw_before, now)
            except Unavailable:
                raise
            except StoreError as error:
                failed = error
                log.error("raw telemetry of product %s stays: %s", product.key, error)  # noqa: TRY400 - may quote a row
                continue
            gone[product.table] = raw.dropped
            if raw.kept:
                gone[f"{product.table} kept"] = raw.kept
        gone["rollups"] = sum(
            expiry.drop_rollups(conn, product, now - timedelta(days=keep.rollup_days)) for product in products.values()
        )
        with conn.transaction():
            gone["unclocked"] = conn.execute("DELETE FROM unclocked WHERE ts < %s", (raw_before,)).rowcount
            gone["dead_letters"] = deadletters.expire(conn, now - timedelta(days=keep.dead_letter_days))
            gone["idempotency"] = idempotency.forget(conn, now - timedelta(hours=keep.idempotency_hours))
            gone["audit"] = len(partitions.drop_before(conn, "audit", now - timedelta(days=keep.audit_days)))
    partitions.ensure_ahead(conn, catalog, now)
    if failed is not None:
        raise failed
    return gone


def analyze(conn: Connection, catalog: Mapping[str, Product]) -> None:
    """Refresh the planner's statistics after a bulk load."""
    with translated(), conn.transaction():
        for table in ("events", "heard", "runs", "latest", *(p.table for p in catalog.values())):
            conn.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(table)))
