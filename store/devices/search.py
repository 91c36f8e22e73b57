"""Finding a device by whatever a person has in hand: its id, its serial number, its owner's name or
id.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from psycopg import sql
from psycopg.rows import dict_row

from catalog.model import Product
from store.customers import like
from store.database import Connection
from store.devices.identity import COLUMNS, Device, Status
from store.devices.presence import Presence, presences
from store.errors import translated


@dataclass(frozen=True, slots=True)
class Owner:
    """Who owns a device now, and where it stands."""

    customer: str
    name: str
    zone: str
    since: datetime


@dataclass(frozen=True, slots=True)
class DeviceSummary:
    """A device as a list shows it."""

    device: Device
    owner: Owner | None
    presence: Presence


@translated()
def search(
    conn: Connection,
    catalog: Mapping[str, Product],
    *,
    product: str | None = None,
    customer: str | None = None,
    q: str | None = None,
    status: Status | Literal["silent"] | None = None,
    names: bool = True,
    after: str = "",
    limit: int = 100,
    now: datetime | None = None,
) -> list[DeviceSummary]:
    """Devices that match everything given, in order of device id, at most `limit`, beginning behind
    the id `after`.

    `q` is looked for anywhere in the device's id and serial number and in its present owner's id and
    (with `names`: for a reader who may know it) name, in either case of letters; `customer` is the present owner's id.
    `silent` is no status of the registry: such a device is active and has not been heard as its product promises.
    """
    conditions = [sql.SQL("d.device > %(after)s")]
    if product is not None:
        conditions.append(sql.SQL("d.product = %(product)s"))
    if customer is not None:
        conditions.append(sql.SQL("c.customer = %(customer)s"))
    if status == "silent":
        conditions.append(
            sql.SQL("EXISTS (SELECT FROM silences q WHERE q.device_id = d.device_id AND ended_at IS NULL)")
        )
    elif status is not None:
        conditions.append(sql.SQL("d.status = %(status)s"))
    pattern = like(q)
    if pattern is not None:
        conditions.append(_MATCHES if names else _MATCHES_UNNAMED)
    query = sql.SQL(
        """SELECT {columns}, c.customer, c.name, o.zone, lower(o.during) AS since
           FROM devices d
           LEFT JOIN ownerships o ON o.device_id = d.device_id AND o.during @> now()
           LEFT JOIN customers c ON c.customer_id = o.customer_id
           WHERE {conditions} ORDER BY d.device LIMIT %(limit)s"""
    ).format(columns=COLUMNS, conditions=sql.SQL(" AND ").join(conditions))
    values = {
        "after": after,
        "product": product,
        "customer": customer,
        "status": status,
        "like": pattern,
        "limit": limit,
    }
    with conn.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(query, values).fetchall()
    there = presences(conn, catalog, [(row["device_id"], row["product"]) for row in rows], now=now)
    summaries = []
    for row in rows:
        owned = [row.pop(column) for column in ("customer", "name", "zone", "since")]
        device = Device(**row)
        owner = Owner(*owned) if owned[0] is not None else None
        summaries.append(DeviceSummary(device, owner, there[device.device_id]))
    return summaries


# Two trigram indexes, each usable only when its expression stands alone: a union, not an OR.
_MATCHES = sql.SQL(
    """d.device_id IN (
    SELECT device_id FROM devices WHERE (device || ' ' || coalesce(serial, '')) ILIKE %(like)s
    UNION ALL
    SELECT p.device_id FROM customers k JOIN ownerships p USING (customer_id)
    WHERE (k.customer || ' ' || k.name) ILIKE %(like)s AND p.during @> now())"""
)
_MATCHES_UNNAMED = sql.SQL(
    """d.device_id IN (
    SELECT device_id FROM devices WHERE (device || ' ' || coalesce(serial, '')) ILIKE %(like)s
    UNION ALL
    SELECT p.device_id FROM customers k JOIN ownerships p USING (customer_id)
    WHERE (k.customer || ' ' || k.name) ILIKE %(like)s AND k.customer ILIKE %(like)s AND p.during @> now())"""
)
"""As `_MATCHES`, by the same indexes, but a match in the name alone is none."""
