"""Orders: at most one is open for an item, whoever decides it and however often."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from catalog.elements import Json
from store.database import Connection
from store.errors import Conflict, NotFound, translated

State: TypeAlias = Literal["open", "received", "cancelled"]


@dataclass(frozen=True, slots=True)
class Order:
    """One order, and the figures it was decided on."""

    order_id: int
    device: str
    product: str
    sku: str
    unit: str
    quantity: int
    state: State
    because: dict[str, Json]
    ordered_at: datetime
    ordered_by: str
    closed_at: datetime | None
    closed_by: str | None
    received: int | None


_ORDERS = """SELECT o.order_id, d.device, d.product, o.sku, o.unit, o.quantity, o.state, o.because, o.ordered_at,
       o.ordered_by, o.closed_at, o.closed_by, o.received
    FROM orders o JOIN devices d USING (device_id)"""


@translated()
def open_one(
    conn: Connection, device_id: int, sku: str, unit: str, quantity: int, because: Mapping[str, Json], *, by: str,
    now: datetime,
) -> int | None:  # fmt: skip
    """Order, unless an order is open: then None. The constraint decides, so two that order at once make one order."""
    row = conn.execute(
        """INSERT INTO orders (device_id, sku, unit, quantity, because, ordered_at, ordered_by)
           VALUES (%s, %s, %s, %s, %s, %s, %s)
           ON CONFLICT (device_id) WHERE state = 'open' DO NOTHING RETURNING order_id""",
        (device_id, sku, unit, quantity, Jsonb(dict(because)), now, by),
    ).fetchone()
    return row[0] if row else None


@translated()
def get(conn: Connection, order_id: int) -> Order:
    """Raises `NotFound`."""
    with conn.cursor(row_factory=class_row(Order)) as cursor:
        row = cursor.execute(_ORDERS + " WHERE o.order_id = %s", (order_id,)).fetchone()
    if row is None:
        raise NotFound(f"there is no order {order_id}")
    return row


@translated()
def listing(
    conn: Connection, *, state: State | None = None, device: str | None = None, before: int | None = None,
    limit: int = 100,
) -> list[Order]:  # fmt: skip
    """Orders that match everything given, newest first."""
    with conn.cursor(row_factory=class_row(Order)) as cursor:
        return cursor.execute(
            _ORDERS
            + """ WHERE (%(state)s::text IS NULL OR o.state = %(state)s)
                            AND (%(device)s::text IS NULL OR d.device = %(device)s)
                            AND (%(before)s::bigint IS NULL OR o.order_id < %(before)s)
                          ORDER BY o.order_id DESC LIMIT %(limit)s""",
            {"state": state, "device": device, "before": before, "limit": limit},
        ).fetchall()


@translated()
def close(
    conn: Connection, order_id: int, state: Literal["received", "cancelled"], received: int | None, *, by: str,
    now: datetime,
) -> None:  # fmt: skip
    """What was ordered has come, or will not. Raises `NotFound`; `Conflict` when it is closed already."""
    done = conn.execute(
        """UPDATE orders SET state = %s, received = %s, closed_at = %s, closed_by = %s
           WHERE order_id = %s AND state = 'open'""",
        (state, received, now, by, order_id),
    )
    if not done.rowcount:
        found = get(conn, order_id)
        raise Conflict(f"order {order_id} is {found.state} already")
