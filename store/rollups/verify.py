"""Whether rollups say what raw rows say: asked before the raw rows are dropped.

Computed anew from the raw rows, hour by hour and signal by signal, and compared: numbers, lowest, highest, last and
tallies exactly, means to ten digits of the largest value, for the order of adding shows in the last ones.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from psycopg import sql

from catalog.model import Product
from store.database import Connection
from store.rollups import rebuild
from store.rollups.hours import Hours
from store.rollups.measures import MEASURES, kept
from store.rollups.roller import STEP_HOURS, hour_cost

LAST_DEVICE = 2**31 - 1
DIGESTED = 200
"""Devices in one statement of `digest`."""

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


Tell = Callable[[int, int], None]
"""Told the last device of a group that was compared, and the digest of the group's rollups as they were then."""


def different(
    conn: Connection,
    product: Product,
    since: int,
    until: int,
    *,
    after: int = 0,
    only: Collection[int] | None = None,
    tell: Tell = lambda _device_id, _digest: None,
) -> list[int]:
    """Devices whose rollups of the hours `[since, until)` are not what their raw rows say.

    Those with a mark in these hours are left out: what has just arrived is not rolled up yet, and nothing is wrong.
    Compared are devices with a higher number than `after`, in order, or `only` these. `tell` hears of the groups up to
    the first in which one differs.
    """
    signals = kept(conn, product)
    ids = _devices(conn, product, after, LAST_DEVICE) if only is None else sorted(only)
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
            same = 0 if found else _digest(conn, parameters)
        if not found:
            tell(devices[-1], same)
    return found


def _devices(conn: Connection, product: Product, after: int, last: int) -> list[int]:
    rows = conn.execute(
        "SELECT device_id FROM devices WHERE product = %s AND device_id > %s AND device_id <= %s ORDER BY 1",
        (product.key, after, last),
    )
    return [row[0] for row in rows]


def digest(conn: Connection, product: Product, since: int, until: int, last: int) -> int:
    """What `tell` was told of all groups up to the device `last`, added up, were they compared now."""
    ids = _devices(conn, product, 0, last)
    signals = [k.signal_id for k in kept(conn, product)]
    return sum(
        _digest(
            conn,
            {"devices": ids[begin : begin + DIGESTED], "signals": signals, "first": since, "last": until},
        )
        for begin in range(0, len(ids), DIGESTED)
    )


def _digest(conn: Connection, parameters: Mapping[str, object]) -> int:
    row = conn.execute(
        """SELECT sum(hashtextextended(r::text, 0)::numeric) FROM rollups r
           WHERE device_id = ANY(%(devices)s) AND signal = ANY(%(signals)s)
             AND day BETWEEN date '1970-01-01' + %(first)s / 24 AND date '1970-01-01' + (%(last)s - 1) / 24""",
        parameters,
    ).fetchone()
    return 0 if row is None or row[0] is None else int(row[0])


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
