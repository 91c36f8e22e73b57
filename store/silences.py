"""Silences: devices not heard for longer than their product promises, one open row each.

"Heard" is arrival, whatever time a message speaks of; how it is with a device's own time is told by the gap report.
When a device counts as silent is for the caller to say, by a moment per heartbeat: see `relay.jobs.silence`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from psycopg import sql
from psycopg.rows import class_row

from catalog.model import HEARTBEATS, Product
from store.database import Connection
from store.devices.presence import LAST_SEEN
from store.errors import translated

MISSES: Final = HEARTBEATS
"""Heartbeats a device may miss before it is silent."""
LATE: Final = 1.5
"""Heartbeats after which a device is late: a healthy one is never."""


@dataclass(frozen=True, slots=True)
class Fleet:
    """How the devices stand that should speak at least every `heartbeat_s`, those that speak oftener included."""

    heartbeat_s: float
    devices: int
    """Active, heard at least once, and not known to be silent."""
    late: int
    """Of these, not heard for 1.5 of this heartbeat."""
    overdue: int
    """Of exactly this heartbeat, not heard for three of them."""


@dataclass(frozen=True, slots=True)
class Silence:
    """A span without a word."""

    since: datetime
    noticed_at: datetime
    ended_at: datetime | None
    ended_by: str | None


# Active devices that have ever been heard. One that never was is not silent: it may still be in its box.
_WATCHED = sql.SQL("""watched AS MATERIALIZED (
    SELECT d.device_id, d.product, h.heartbeat_s, {last_seen} AS last_seen,
           q.device_id IS NOT NULL AS silent
    FROM devices d
    JOIN unnest(%(products)s::text[], %(heartbeats)s::float8[]) AS h (product, heartbeat_s) USING (product)
    LEFT JOIN latest l USING (device_id)
    LEFT JOIN device_state s USING (device_id)
    LEFT JOIN silences q ON q.device_id = d.device_id AND q.ended_at IS NULL
    WHERE d.status = 'active' AND isfinite({last_seen}))""").format(last_seen=LAST_SEEN)


def _products(catalog: Mapping[str, Product]) -> dict[str, list[str] | list[float]]:
    return {"products": list(catalog), "heartbeats": [float(p.heartbeat_s) for p in catalog.values()]}


def fleets(conn: Connection, catalog: Mapping[str, Product], now: datetime) -> list[Fleet]:
    """One row a heartbeat of the catalogue's products, the shortest first."""
    query = sql.SQL("""WITH {watched}
        SELECT b.heartbeat_s, count(w.device_id) AS devices,
               count(*) FILTER (WHERE w.last_seen < %(now)s - make_interval(secs => b.heartbeat_s * %(late)s)) AS late,
               count(*) FILTER (WHERE w.heartbeat_s = b.heartbeat_s
                   AND w.last_seen < %(now)s - make_interval(secs => b.heartbeat_s * %(misses)s)) AS overdue
        FROM (SELECT DISTINCT unnest(%(heartbeats)s::float8[])) AS b (heartbeat_s)
        LEFT JOIN watched w ON w.heartbeat_s <= b.heartbeat_s AND NOT w.silent
        GROUP BY 1 ORDER BY 1""").format(watched=_WATCHED)
    with translated(), conn.cursor(row_factory=class_row(Fleet)) as cursor:
        return cursor.execute(query, {**_products(catalog), "now": now, "late": LATE, "misses": MISSES}).fetchall()


def notice(
    conn: Connection, catalog: Mapping[str, Product], silent_before: Mapping[float, datetime], now: datetime
) -> int:
    """Open a silence for each watched device last heard before the moment its heartbeat has in `silent_before`.

    Returns how many are new.
    """
    query = sql.SQL("""WITH {watched}
        INSERT INTO silences (device_id, since, noticed_at)
        SELECT w.device_id, w.last_seen, %(now)s
        FROM watched w JOIN unnest(%(of)s::float8[], %(before)s::timestamptz[]) AS b (heartbeat_s, before)
             ON b.heartbeat_s = w.heartbeat_s
        WHERE w.last_seen < b.before AND NOT w.silent
        ON CONFLICT DO NOTHING""").format(watched=_WATCHED)
    values = {"of": list(silent_before), "before": list(silent_before.values()), "now": now}
    with translated(), conn.transaction():
        return conn.execute(query, {**_products(catalog), **values}).rowcount


def end(conn: Connection, now: datetime) -> int:
    """Close the silences of devices that were heard again or are no longer active; returns how many.

    A silence ends with the first arrival after it that we know of: the first connection, or what made us look.
    """
    query = sql.SQL("""UPDATE silences q SET
            ended_by = CASE WHEN x.again > q.since THEN 'heard' ELSE 'withdrawn' END,
            ended_at = CASE WHEN x.again > q.since THEN LEAST(x.again, (
                    SELECT min(c.arrived_at) FROM connections c
                    WHERE c.device_id = q.device_id AND c.online AND c.arrived_at > q.since))
                ELSE GREATEST(%(now)s, q.since) END
        FROM (SELECT o.device_id, d.status, {last_seen} AS again
              FROM silences o JOIN devices d USING (device_id)
              LEFT JOIN latest l USING (device_id) LEFT JOIN device_state s USING (device_id)
              WHERE o.ended_at IS NULL) x
        WHERE q.device_id = x.device_id AND q.ended_at IS NULL AND (x.again > q.since OR x.status <> 'active')
        """).format(last_seen=LAST_SEEN)
    with translated(), conn.transaction():
        return conn.execute(query, {"now": now}).rowcount


def open_by_product(conn: Connection) -> dict[str, int]:
    """How many devices of each product are silent; every product of the registry is there."""
    with translated():
        return dict(
            conn.execute(
                """SELECT d.product, count(q.device_id) FROM devices d
                   LEFT JOIN silences q ON q.device_id = d.device_id AND q.ended_at IS NULL GROUP BY 1 ORDER BY 1"""
            ).fetchall()
        )


def of_device(conn: Connection, device_id: int, limit: int = 100) -> Sequence[Silence]:
    """The silences of one device, newest first."""
    with translated(), conn.cursor(row_factory=class_row(Silence)) as cursor:
        return cursor.execute(
            """SELECT since, noticed_at, ended_at, ended_by FROM silences WHERE device_id = %s
               ORDER BY noticed_at DESC LIMIT %s""",
            (device_id, limit),
        ).fetchall()


@dataclass(frozen=True, slots=True)
class SilentDevice:
    """A device that has not been heard as its product promises."""

    device: str
    product: str
    since: datetime


def newest(conn: Connection, limit: int) -> list[SilentDevice]:
    """The devices that are silent now, those heard last first."""
    with translated(), conn.cursor(row_factory=class_row(SilentDevice)) as cursor:
        return cursor.execute(
            """SELECT d.device, d.product, q.since FROM silences q JOIN devices d USING (device_id)
               WHERE q.ended_at IS NULL ORDER BY q.since DESC, d.device LIMIT %s""",
            (limit,),
        ).fetchall()
