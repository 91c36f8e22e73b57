"""Whether rollups say what raw rows say: asked before the raw rows are dropped.

Computed anew from the raw rows, hour by hour and signal by signal, and compared: numbers, lowest, highest, last and
tallies exactly, means to ten digits of the largest value, for the order of adding shows in the last ones.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from psycopg import sql

from catalog.model import Product
from store.database import Connection
from store.rollups import rebuild
from store.rollups.hours import Hours
from store.rollups.measures import MEASURES, kept
from store.rollups.roller import STEP_HOURS, hour_cost

_EXACT = [m for m in MEASURES if m not in ("mean", "spread")]

_DIFFER = sql.SQL(
    """SELECT DISTINCT coalesce(r.device_id, h.device_id)
       FROM (SELECT r.device_id, r.signal, (r.day - date '1970-01-01') * 24 + u.hour AS hour, {measured}
             FROM rollups r CROSS JOIN LATERAL unnest(r.hours, {arrays}) AS u(hour, {measures})
             WHERE r.device_id = ANY(%(devices)s) AND r.signal = ANY(%(signals)s)
               AND r.day BETWEEN date '1970-01-01' + %(first)s / 24 AND date '1970-01-01' + (%(last)s - 1) / 24
               AND (r.day - date '1970-01-01') * 24 + u.hour BETWEEN %(first)s AND %(last)s - 1) r
       FULL JOIN rolled_hours h USING (device_id, signal, hour)
       WHERE ({stored}) IS DISTINCT FROM ({computed})
          OR (r.mean IS NULL) <> (h.mean IS NULL)
          OR abs(r.mean - h.mean) > 1e-10 * greatest(
                 abs(r.lo), abs(r.hi), abs(r.lo_int::float8), abs(r.hi_int::float8))
       ORDER BY 1"""
).format(
    measured=sql.SQL(", ").join(sql.Identifier("u", m) for m in MEASURES),
    measures=sql.SQL(", ").join(map(sql.Identifier, MEASURES)),
    arrays=sql.SQL(", ").join(sql.Identifier("r", f"h_{m}") for m in MEASURES),
    stored=sql.SQL(", ").join(sql.Identifier("r", m) for m in _EXACT),
    computed=sql.SQL(", ").join(sql.Identifier("h", m) for m in _EXACT),
)


def different(conn: Connection, product: Product, since: int, until: int) -> list[int]:
    """Devices whose rollups of the hours `[since, until)` are not what their raw rows say.

    Those with a mark in these hours are left out: what has just arrived is not rolled up yet, and nothing is wrong.
    """
    signals = kept(conn, product)
    ids = [
        row[0] for row in conn.execute("SELECT device_id FROM devices WHERE product = %s ORDER BY 1", (product.key,))
    ]
    found: list[int] = []
    group = max(1, STEP_HOURS // (hour_cost(product) * (until - since)))
    for begin in range(0, len(ids), group):
        devices = ids[begin : begin + group]
        with conn.transaction():
            # One snapshot, though a statement a group of signals.
            conn.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            conn.execute(rebuild.STAGE)
            rebuild.fresh(conn, product.table, signals, dict.fromkeys(devices, Hours.of([(since, until)])))
            parameters = {
                "devices": devices,
                "signals": [k.signal_id for k in signals],
                "first": since,
                "last": until,
            }
            differing = {row[0] for row in conn.execute(_DIFFER, parameters)}
            found += sorted(differing.difference(marked(conn, product, since, until)) if differing else ())
    return found


def marked(conn: Connection, product: Product, since: int, until: int) -> list[int]:
    """Devices of the product with a mark in the hours `[since, until)`."""
    rows = conn.execute(
        """SELECT l.device_id FROM latest l JOIN devices d USING (device_id)
           WHERE d.product = %s AND (l.dirty && int4range(%s, %s) OR l.rolling && int4range(%s, %s)) ORDER BY 1""",
        (product.key, since, until, since, until),
    )
    return [row[0] for row in rows]


def mark_again(conn: Connection, devices: Collection[int], since: int, until: int) -> None:
    """Have these hours rolled up anew."""
    ids: Sequence[int] = sorted(devices)
    conn.execute("SELECT 1 FROM latest WHERE device_id = ANY(%s) ORDER BY device_id FOR UPDATE", (ids,))
    conn.execute(
        "UPDATE latest SET dirty = dirty + int4multirange(int4range(%s, %s)) WHERE device_id = ANY(%s)",
        (since, until, ids),
    )
