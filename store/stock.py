"""Items in stock: how they are ordered, and how they stood when they were last assessed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg import sql
from psycopg.rows import class_row

from catalog.model import Product
from store.database import Connection
from store.errors import translated
from store.usage import Window


@dataclass(frozen=True, slots=True)
class Terms:
    """How an item is ordered."""

    sku: str
    unit: str
    lead_days: float
    lead_sd_days: float = 0.0
    service_level: float = 0.95
    pack: int = 1
    min_order: int = 1
    cycle_days: float = 14.0
    ordering: bool = True


@dataclass(frozen=True, slots=True)
class Item:
    """An item as it is listed: where it is, how it is ordered, how it stands."""

    device_id: int
    device: str
    product: str
    customer: str | None
    zone: str | None
    sku: str | None
    """None: nothing is said of how it is ordered."""
    unit: str | None
    pack: int | None
    min_order: int | None
    lead_days: float | None
    lead_sd_days: float | None
    service_level: float | None
    cycle_days: float | None
    ordering: bool | None
    assessed_at: datetime | None
    level: int | None
    level_at: datetime | None
    demand: float | None
    seasonal: bool | None
    cover_days: float | None
    cover_low: float | None
    cover_high: float | None
    reorder_point: int | None
    coverage: float | None
    below: int | None
    armed: bool | None
    order_id: int | None
    """The open one."""
    ordered: int | None
    ordered_at: datetime | None


_ITEMS = """SELECT d.device_id, d.device, d.product, c.customer, o.zone,
       i.sku, i.unit, i.pack, i.min_order, i.lead_days, i.lead_sd_days, i.service_level, i.cycle_days, i.ordering,
       s.assessed_at, s.level, s.level_at, s.demand, s.seasonal, s.cover_days, s.cover_low, s.cover_high,
       s.reorder_point, s.coverage, s.below, s.armed, r.order_id, r.quantity AS ordered, r.ordered_at
    FROM devices d
    LEFT JOIN ownerships o ON o.device_id = d.device_id AND o.during @> now()
    LEFT JOIN customers c USING (customer_id)
    LEFT JOIN stock_items i ON i.device_id = d.device_id
    LEFT JOIN stock_states s ON s.device_id = d.device_id
    LEFT JOIN orders r ON r.device_id = d.device_id AND r.state = 'open'"""


@translated()
def listing(conn: Connection, products: Collection[str], *, after: str = "", limit: int = 100) -> list[Item]:
    """Items of the products, by device name."""
    with conn.cursor(row_factory=class_row(Item)) as cursor:
        return cursor.execute(
            _ITEMS
            + """ WHERE d.product = ANY(%s) AND d.status = 'active' AND d.device > %s
                         ORDER BY d.device LIMIT %s""",
            (sorted(products), after, limit),
        ).fetchall()


@translated()
def get(conn: Connection, device_id: int) -> Item:
    """One item."""
    with conn.cursor(row_factory=class_row(Item)) as cursor:
        row = cursor.execute(_ITEMS + " WHERE d.device_id = %s", (device_id,)).fetchone()
    assert row is not None
    return row


@translated()
def kept(conn: Connection, products: Collection[str], *, after: int = 0, limit: int = 500) -> list[Item]:
    """Items that something is said of, by number of the device: what the relay looks after."""
    with conn.cursor(row_factory=class_row(Item)) as cursor:
        return cursor.execute(
            _ITEMS
            + """ WHERE i.device_id IS NOT NULL AND d.product = ANY(%s) AND d.status = 'active'
                           AND d.device_id > %s ORDER BY d.device_id LIMIT %s""",
            (sorted(products), after, limit),
        ).fetchall()


@translated()
def put(conn: Connection, device_id: int, terms: Terms, *, by: str, now: datetime) -> None:
    """Say how an item is ordered; what was said before is replaced."""
    conn.execute(
        """INSERT INTO stock_items (device_id, sku, unit, pack, min_order, lead_days, lead_sd_days, service_level,
               cycle_days, ordering, set_by, set_at)
           VALUES (%(device)s, %(sku)s, %(unit)s, %(pack)s, %(min_order)s, %(lead_days)s, %(lead_sd_days)s,
               %(service_level)s, %(cycle_days)s, %(ordering)s, %(by)s, %(now)s)
           ON CONFLICT (device_id) DO UPDATE SET
               sku = excluded.sku, unit = excluded.unit, pack = excluded.pack, min_order = excluded.min_order,
               lead_days = excluded.lead_days, lead_sd_days = excluded.lead_sd_days,
               service_level = excluded.service_level, cycle_days = excluded.cycle_days,
               ordering = excluded.ordering, set_by = excluded.set_by, set_at = excluded.set_at""",
        {
            "device": device_id, "by": by, "now": now, "sku": terms.sku, "unit": terms.unit, "pack": terms.pack,
            "min_order": terms.min_order, "lead_days": terms.lead_days, "lead_sd_days": terms.lead_sd_days,
            "service_level": terms.service_level, "cycle_days": terms.cycle_days, "ordering": terms.ordering,
        },
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Standing:
    """How an item stands."""

    level: int | None
    level_at: datetime | None
    demand: float | None
    seasonal: bool
    cover_days: float | None
    cover_low: float | None
    cover_high: float | None
    reorder_point: int | None
    coverage: float | None
    below: int
    armed: bool


@translated()
def lock(conn: Connection, device_id: int) -> None:
    """Take turns with whoever else assesses the item, until the transaction ends."""
    conn.execute("SELECT 1 FROM stock_items WHERE device_id = %s FOR UPDATE", (device_id,))


@translated()
def assessed(conn: Connection, device_id: int, found: Standing, now: datetime) -> None:
    """Keep how it stands."""
    conn.execute(
        """INSERT INTO stock_states (device_id, assessed_at, level, level_at, demand, seasonal, cover_days, cover_low,
               cover_high, reorder_point, coverage, below, armed)
           VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
           ON CONFLICT (device_id) DO UPDATE SET
               assessed_at = excluded.assessed_at, level = excluded.level, level_at = excluded.level_at,
               demand = excluded.demand, seasonal = excluded.seasonal, cover_days = excluded.cover_days,
               cover_low = excluded.cover_low, cover_high = excluded.cover_high,
               reorder_point = excluded.reorder_point, coverage = excluded.coverage, below = excluded.below,
               armed = excluded.armed""",
        (
            device_id, now, found.level, found.level_at, found.demand, found.seasonal, found.cover_days,
            found.cover_low, found.cover_high, found.reorder_point, found.coverage, found.below, found.armed,
        ),
    )  # fmt: skip


@translated()
def levels(
    conn: Connection, product: Product, device_id: int, window: Window, *, changes: bool = False
) -> list[tuple[datetime, float]]:
    """The levels told in the window, oldest first; with `changes` those alone that differ from the one before, and the
    last."""
    if product.stock is None:
        return []
    query = sql.SQL(
        """SELECT ts, level FROM (
               SELECT ts, boot, seq, {level}::float8 AS level, lag({level}) OVER w AS before, lead(ts) OVER w AS after
               FROM {table} WHERE device_id = %s AND ts >= %s AND ts < %s AND {level} IS NOT NULL
               WINDOW w AS (ORDER BY ts, boot, seq)) told
           WHERE NOT %s OR level IS DISTINCT FROM before OR after IS NULL ORDER BY ts, boot, seq"""
    ).format(level=sql.Identifier(product.stock.level), table=sql.Identifier(product.table))
    rows: Sequence[tuple[datetime, float]] = conn.execute(
        query, (device_id, window.since, window.until, changes)
    ).fetchall()
    return list(rows)
