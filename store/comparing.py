"""What a comparison reads beside usage: events with their identity, spans heard, levels, counters, the fleet.

All by device and time, along the indexes events_kind and the primary keys.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from psycopg import sql

from catalog.elements import Json
from catalog.model import Product, Signal
from store.database import Connection
from store.errors import InvalidValue, translated
from store.rollups import read as rollups
from store.rollups.hours import DAY_H, HOUR_S
from store.usage import Window

COUNTER_EDGE: Final = timedelta(days=30)
"""A counter's reading further from the window than this is not looked for."""


class Seen(NamedTuple):
    """One event, with what it carries."""

    device_id: int
    ts: datetime
    boot: int
    seq: int
    kind: str
    attrs: dict[str, Json]


class Looked(NamedTuple):
    """A signal over a window: its newest value and when, lowest and highest."""

    at: datetime
    value: float
    lowest: float
    highest: float


class Steps(NamedTuple):
    """What a counter says of a window."""

    first: float | None
    """Of the readings within it; None: there was none."""
    last: float | None
    before: float | None
    """Of the last reading before it."""
    after: float | None
    """Of the first reading after it."""
    fell: bool
    """It was reset within."""


class Standing(NamedTuple):
    """A device among its kind."""

    device_id: int
    events: int
    heard_s: float


_NEWEST: Final = """
SELECT found.* FROM unnest(%(devices)s::int[], %(starts)s::timestamptz[], %(ends)s::timestamptz[])
    AS asked (device, since, until)
CROSS JOIN LATERAL (
    SELECT device_id, ts, boot, seq, kind, attrs FROM events
    WHERE device_id = asked.device AND kind = ANY(%(kinds)s) AND ts >= asked.since AND ts < asked.until
    ORDER BY ts DESC, boot DESC, seq DESC LIMIT %(limit)s) found
ORDER BY ts DESC, boot DESC, seq DESC LIMIT %(limit)s"""


@translated()
def newest(
    conn: Connection, windows: Sequence[tuple[int, Window]], kinds: Collection[str], *, limit: int
) -> list[Seen]:
    """Events of `kinds` in any of the devices' windows, newest first."""
    rows = conn.execute(_NEWEST, {**_asked(windows), "kinds": sorted(kinds), "limit": limit})
    return [Seen(*row) for row in rows]


@translated()
def number_of(conn: Connection, windows: Sequence[tuple[int, Window]], kinds: Collection[str]) -> int:
    """How many events of `kinds` lie in the devices' windows."""
    row = conn.execute(
        """SELECT count(*) FROM unnest(%(devices)s::int[], %(starts)s::timestamptz[], %(ends)s::timestamptz[])
               AS asked (device, since, until)
           JOIN events ON device_id = device AND kind = ANY(%(kinds)s) AND ts >= since AND ts < until""",
        {**_asked(windows), "kinds": sorted(kinds)},
    ).fetchone()
    return row[0] if row else 0


def _asked(windows: Sequence[tuple[int, Window]]) -> dict[str, object]:
    return {
        "devices": [device_id for device_id, _ in windows],
        "starts": [window.since for _, window in windows],
        "ends": [window.until for _, window in windows],
    }


@translated()
def silences(conn: Connection, device_id: int, window: Window, longer_s: float) -> list[Window]:
    """Stretches of the window in which nothing was heard, longer than `longer_s`, oldest first."""
    rows = conn.execute(
        """WITH span AS (
               SELECT since, until FROM heard WHERE device_id = %(device)s AND since < %(end)s AND until > %(start)s
               UNION ALL SELECT %(end)s, %(end)s
           ), pause AS (
               SELECT coalesce(max(until) OVER (ORDER BY since, until ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),
                               %(start)s) AS since, since AS until FROM span
           )
           SELECT greatest(since, %(start)s), until FROM pause
           WHERE until - since > %(longer)s * interval '1 s' ORDER BY since""",
        {"device": device_id, "start": window.since, "end": window.until, "longer": longer_s},
    )
    return [Window(*row) for row in rows]


@translated()
def looked(conn: Connection, product: Product, device_id: int, signal: str, window: Window) -> Looked | None:
    """A signal of numbers over a window, from raw readings; None: there was none."""
    declared = _declared(product, signal)
    row = conn.execute(
        sql.SQL(
            """SELECT (array_agg(ts ORDER BY ts DESC, boot DESC, seq DESC))[1],
                      (array_agg({column} ORDER BY ts DESC, boot DESC, seq DESC))[1]::float8,
                      min({column})::float8, max({column})::float8
               FROM {table} WHERE device_id = %s AND ts >= %s AND ts < %s AND {column} IS NOT NULL"""
        ).format(column=sql.Identifier(declared.key), table=sql.Identifier(product.table)),
        (device_id, window.since, window.until),
    ).fetchone()
    return Looked(*row) if row and row[0] is not None else None


def told_between(
    conn: Connection, product: Product, device_id: int, signal: str, window: Window
) -> tuple[datetime, datetime] | None:
    """When a signal was told first and last in the window, from raw readings; None: it was not."""
    declared = _declared(product, signal)
    ends = [
        sql.SQL(
            """(SELECT ts FROM {table} WHERE device_id = %(device)s AND ts >= %(since)s AND ts < %(until)s
                AND {column} IS NOT NULL ORDER BY ts {way} LIMIT 1)"""
        ).format(table=sql.Identifier(product.table), column=sql.Identifier(declared.key), way=sql.SQL(way))
        for way in ("ASC", "DESC")
    ]
    row = conn.execute(
        sql.SQL("SELECT {}, {}").format(*ends),
        {"device": device_id, "since": window.since, "until": window.until},
    ).fetchone()
    return None if row is None or row[0] is None else (row[0], row[1])


def highest(conn: Connection, product: Product, device_id: int, signal: str, window: Window) -> float | None:
    """The most a signal ever was in the window, from its rollups."""
    days = _days(conn, product, device_id, _declared(product, signal), window)
    return max((float(day.hi) for day in days if day.hi is not None), default=None)


def steps(conn: Connection, product: Product, device_id: int, counter: str, window: Window, *, now: datetime) -> Steps:
    """What a counter's readings within the window, and those on either side of it, say."""
    signal = _declared(product, counter)
    inside = _days(conn, product, device_id, signal, window)
    before = _days(conn, product, device_id, signal, Window(window.since - COUNTER_EDGE, window.since))
    later = min(window.until + COUNTER_EDGE, now)
    after = _days(conn, product, device_id, signal, Window(window.until, later)) if window.until < later else []
    fell, last = False, _last(before[-1]) if before else None
    for day in inside + after[:1]:
        low = None if day.lo is None else float(day.lo)
        fell = fell or (last is not None and low is not None and low < last)
        last = _last(day)
        fell = fell or (last is not None and day.hi is not None and last < float(day.hi))
    return Steps(
        float(inside[0].lo) if inside and inside[0].lo is not None else None,
        _last(inside[-1]) if inside else None,
        _last(before[-1]) if before else None,
        float(after[0].lo) if after and after[0].lo is not None else None,
        fell,
    )


def _last(day: rollups.Folded) -> float | None:
    return float(day.last) if isinstance(day.last, int | float) else None


def _days(conn: Connection, product: Product, device_id: int, signal: Signal, window: Window) -> list[rollups.Folded]:
    with translated():
        found = rollups.buckets(conn, product, device_id, [signal], window.since, window.until, DAY_H * HOUR_S)
    return found[signal.key]


def _declared(product: Product, key: str) -> Signal:
    signal = product.signal_of(key)
    if signal is None:
        raise InvalidValue(f"product {product.key} has no signal {key!r}")
    return signal


# Numbers evenly spread over all devices ever registered, of which those of the product are taken, the same every time:
# a fleet of 100,000 is not sorted for 300.
_STANDINGS: Final = """
WITH drawn AS (
    SELECT DISTINCT (lo + (hi - lo)::bigint * n / (4 * %(peers)s))::int AS device_id
    FROM (SELECT min(device_id) AS lo, max(device_id) AS hi FROM devices) ends, generate_series(0, 4 * %(peers)s) n
), peer AS MATERIALIZED (
    (SELECT device_id FROM drawn JOIN devices USING (device_id)
     WHERE product = %(product)s AND NOT device_id = ANY(%(own)s)
     ORDER BY md5(device_id::text) LIMIT %(peers)s)
    UNION ALL SELECT unnest(%(own)s::int[])
)
SELECT device_id,
       (SELECT count(*) FROM events e WHERE e.device_id = peer.device_id AND e.kind = ANY(%(kinds)s)
        AND ts >= %(start)s AND ts < %(end)s),
       (SELECT coalesce(sum(extract(epoch FROM least(until, %(end)s) - greatest(since, %(start)s))), 0)::float8
        FROM heard h WHERE h.device_id = peer.device_id AND since < %(end)s AND until > %(start)s)
FROM peer"""


@translated()
def standings(
    conn: Connection, product: Product, own: Sequence[int], kinds: Collection[str], window: Window, *, peers: int
) -> list[Standing]:
    """Events of `kinds` and time heard in the window, of the devices `own` and up to `peers` others of the product."""
    rows = conn.execute(
        _STANDINGS,
        {
            "product": product.key, "own": list(own), "kinds": sorted(kinds), "peers": peers,
            "start": window.since, "end": window.until,
        },
    )  # fmt: skip
    return [Standing(*row) for row in rows]
