"""What devices measured: charts downsampled in SQL, pages of raw rows, latest values of many devices.

A chart of buckets narrower than an hour is one scan of a device's rows, however many signals it shows: they lie in
order of time under the primary key (device_id, ts, boot, seq). Wider buckets come from rollups (`store.rollups`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, Final, Literal, LiteralString, NamedTuple, TypeAlias

import orjson
from psycopg import sql

from catalog.elements import Json, Scalar
from catalog.model import Product, Signal
from store.database import Connection
from store.errors import InvalidValue, translated
from store.rollups import read as rollups
from store.rollups.hours import hour_of
from store.rollups.measures import CLAMPED, LAST

MAX_POINTS: Final = 5_000
MAX_ROWS: Final = 500
"""Rows in one page of raw readings."""
MAX_DEVICES: Final = 10_000
"""Devices in one question for latest values."""

_MINUTE_S, _HOUR_S, _DAY_S = 60, 3_600, 86_400
LADDER_S: Final = (
    *(1, 2, 5, 10, 15, 30),
    *(n * _MINUTE_S for n in (1, 2, 5, 10, 15, 30)),
    *(n * _HOUR_S for n in (1, 2, 3, 6, 12)),
    *(n * _DAY_S for n in (1, 2, 7, 14, 30)),
)
"""Bucket widths people read easily; beyond the last, its doubles."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


Origin: TypeAlias = Literal["raw", "rollup"]


class Position(NamedTuple):
    """Where a page ended: the identity of its last element."""

    ts: datetime
    boot: int
    seq: int


class Bucket(NamedTuple):
    """One signal over `[t, t + bucket_s)`; only buckets with values exist.

    Numbers have `min`, `avg`, `max`; counters `last` as well. Of a bool, `avg` is the share of true
    (0 to 1) and `last` the last value. Of an enum `last` and `mode`, the most frequent value; of a
    text `last` alone.
    """

    t: datetime
    min: float | int | None
    avg: float | None
    max: float | int | None
    n: int
    last: Scalar | None
    mode: str | None


@dataclass(frozen=True, slots=True)
class History:
    """Signals of one device over `[start, end)`, in buckets aligned to the epoch (UTC).

    Where raw rows are gone, what lies at the ends of the window is given by the whole hour.
    """

    start: datetime
    end: datetime
    bucket_s: int
    source: Origin
    """What it was computed from: `raw` rows, or `rollup`s with raw rows of hours not yet rolled up. Both are exact."""
    buckets: Mapping[str, Sequence[Bucket]]
    """Per signal, oldest first."""


class Row(NamedTuple):
    """One stored reading."""

    ts: datetime
    boot: int
    seq: int
    lag_ms: int
    quality: int
    values: dict[str, Scalar]
    """The signals asked for that it carries."""
    extra: dict[str, Json] | None

    @property
    def position(self) -> Position:
        """Where the next page begins if this row ends one."""
        return Position(self.ts, self.boot, self.seq)


class LatestValue(NamedTuple):
    """The newest value of one signal by (ts, boot, seq), never by arrival."""

    ts_ms: int
    boot: int
    seq: int
    value: Scalar


@dataclass(frozen=True)
class Latest:
    """The newest values of one device, and how fresh they are."""

    device_id: int
    ts: datetime | None
    """Of its newest element; None before the first."""
    updated_at: datetime
    """When something last arrived from it."""
    document: str
    """The values as stored. Parsed when first asked for: who lists 10,000 devices looks into few."""

    @cached_property
    def _stored(self) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = orjson.loads(self.document)
        return found

    @property
    def signals(self) -> dict[str, LatestValue]:
        """The newest value of every signal that ever came."""
        return {key: LatestValue(*found) for key, found in self._stored.items()}

    def value(self, key: str) -> LatestValue | None:
        """The newest value of the signal `key`; None when it never came."""
        found = self._stored.get(key)
        return None if found is None else LatestValue(*found)


def bucket_width_s(start: datetime, end: datetime, points: int) -> int:
    """The narrowest nice width whose aligned buckets cover `[start, end)` in at most `points`."""
    if not 2 <= points <= MAX_POINTS:
        raise InvalidValue(f"points must be 2 to {MAX_POINTS:,}, not {points}")
    _check_window(start, end)
    since, until = start - _EPOCH, end - _EPOCH
    width_s = LADDER_S[0]
    for width_s in LADDER_S:
        if _touched(since, until, width_s) <= points:
            return width_s
    while _touched(since, until, width_s) > points:
        width_s *= 2
    return width_s


def _touched(since: timedelta, until: timedelta, width_s: int) -> int:
    width = timedelta(seconds=width_s)
    return -(-until // width) - since // width


def _check_window(start: datetime, end: datetime) -> None:
    if start.tzinfo is None or end.tzinfo is None:
        raise InvalidValue("times must carry a UTC offset")
    if start >= end:
        raise InvalidValue(f"the window ends ({end.isoformat()}) before it begins")


def _declared(product: Product, keys: Sequence[str]) -> list[Signal]:
    found = []
    for key in dict.fromkeys(keys):
        signal = product.signal_of(key)
        if signal is None:
            raise InvalidValue(
                f"product {product.key} has no signal {key!r}; it has " + ", ".join(s.key for s in product.signal)
            )
        found.append(signal)
    if not found:
        raise InvalidValue("name at least one signal")
    return found


_NUMBER = "min({0}), avg({0})::{1}, max({0}), count({0})"
_WIDE_NUMBER: LiteralString = "min({0}), avg(" + CLAMPED + "), max({0}), count({0})"
_SHARE = "min({0}::int), avg({0}::int)::float8, max({0}::int), count({0})"
_WORD = "NULL, NULL, NULL, count({0})"
_NONE = "NULL"


def _aggregates(signal: Signal) -> sql.Composed:
    """Six columns of a signal: min, avg, max, n, last, mode."""
    numbers: LiteralString
    last: LiteralString = _NONE
    mode: LiteralString = _NONE
    if signal.type in ("float32", "float64", "int64"):
        numbers = _WIDE_NUMBER if signal.type == "float64" else _NUMBER
        if signal.kind == "counter":
            last = LAST
    elif signal.type == "bool":
        numbers, last = _SHARE, LAST
    else:
        numbers, last = _WORD, LAST
        if signal.type == "enum":
            mode = "mode() WITHIN GROUP (ORDER BY {0})"
    # A mean of real is given as real, so that 1.92 does not come back as 1.9199999570846558.
    mean = sql.SQL("real" if signal.type == "float32" else "float8")
    parts = (numbers, last, mode)
    return sql.SQL(", ").join(sql.SQL(p).format(sql.Identifier(signal.key), mean) for p in parts)


_COLUMNS = 6


@translated()
def history(
    conn: Connection,
    product: Product,
    device_id: int,
    signals: Sequence[str],
    start: datetime,
    end: datetime,
    points: int = 1_000,
) -> History:
    """Chart `signals` of a device over `[start, end)` in at most `points` (2 to 5,000) buckets.

    Raises `InvalidValue` for an undeclared signal, an empty window or too many points, and
    `QueryTooLong` beyond the connection's statement timeout.
    """
    declared = _declared(product, signals)
    width_s = bucket_width_s(start, end, points)
    if width_s < _HOUR_S:
        found = _raw_history(conn, product, device_id, declared, start, end, width_s)
        # Asked afterwards: what is dropped meanwhile would be missing.
        if rollups.marks_of(conn, product, device_id).raw_since <= hour_of(start):
            return found
        width_s = _HOUR_S
    folded = rollups.buckets(conn, product, device_id, declared, start, end, width_s)
    return History(start, end, width_s, "rollup", {key: list(map(_bucket, rows)) for key, rows in folded.items()})


def _bucket(folded: rollups.Folded) -> Bucket:
    at, n, lo, hi, mean, _, last, mode = folded
    return Bucket(at, lo, mean, hi, n, last, mode)


def _raw_history(
    conn: Connection,
    product: Product,
    device_id: int,
    declared: Sequence[Signal],
    start: datetime,
    end: datetime,
    width_s: int,
) -> History:
    query = sql.SQL(
        """SELECT date_bin(%(width)s, ts, 'epoch'::timestamptz), {aggregates} FROM {table}
           WHERE device_id = %(device)s AND ts >= %(start)s AND ts < %(end)s GROUP BY 1 ORDER BY 1"""
    ).format(
        aggregates=sql.SQL(", ").join(_aggregates(s) for s in declared),
        table=sql.Identifier(product.table),
    )
    width = timedelta(seconds=width_s)
    rows = conn.execute(query, {"width": width, "device": device_id, "start": start, "end": end}).fetchall()
    buckets = {}
    for at, signal in enumerate(declared):
        columns = slice(1 + at * _COLUMNS, 1 + (at + 1) * _COLUMNS)
        n = columns.start + 3
        buckets[signal.key] = [Bucket(row[0], *row[columns]) for row in rows if row[n]]
    return History(start, end, width_s, "raw", buckets)


@translated()
def raw(
    conn: Connection,
    product: Product,
    device_id: int,
    signals: Sequence[str],
    start: datetime,
    end: datetime,
    *,
    after: Position | None = None,
    limit: int = MAX_ROWS,
) -> list[Row]:
    """Stored rows of `[start, end)`, oldest first, from the one after `after` on.

    The page's last `position` is the next one's `after`; a page shorter than `limit` is the last.
    """
    declared = _declared(product, signals)
    _check_window(start, end)
    columns = sql.SQL(", ").join(sql.Identifier(s.key) for s in declared)
    later = sql.SQL("AND (ts, boot, seq) > (%(ts)s, %(boot)s, %(seq)s)" if after else "")
    since = max(start, after.ts) if after else start
    rows = conn.execute(
        sql.SQL(
            """SELECT ts, boot, seq, lag_ms, quality, extra, {columns} FROM {table}
               WHERE device_id = %(device)s AND ts >= %(start)s AND ts < %(end)s {later}
               ORDER BY ts, boot, seq LIMIT %(limit)s"""
        ).format(columns=columns, table=sql.Identifier(product.table), later=later),
        {
            "device": device_id,
            "start": since,
            "end": end,
            "limit": checked_limit(limit),
            **(after._asdict() if after else {}),
        },
    )
    keys = [s.key for s in declared]
    found = []
    for ts, boot, seq, lag_ms, quality, extra, *values in rows:
        carried = {k: v for k, v in zip(keys, values, strict=True) if v is not None}
        found.append(Row(ts, boot, seq, lag_ms, quality, carried, extra))
    return found


def undeclared(conn: Connection, product: Product, device_id: int, rows: int = 20) -> list[str]:
    """Keys the catalogue does not declare, of the newest `rows` readings of a device, by name."""
    query = sql.SQL(
        """SELECT DISTINCT key FROM (SELECT extra FROM {table} WHERE device_id = %s ORDER BY ts DESC LIMIT %s) newest,
                  jsonb_object_keys(extra) AS key
           WHERE key <> 'device_ts' ORDER BY key"""
    ).format(table=sql.Identifier(product.table))
    with translated():
        return [row[0] for row in conn.execute(query, (device_id, rows))]


def checked_limit(limit: int) -> int:
    """`limit` if a page may be that long, else `InvalidValue`."""
    if not 1 <= limit <= MAX_ROWS:
        raise InvalidValue(f"limit must be 1 to {MAX_ROWS}, not {limit}")
    return limit


_LATEST = "SELECT device_id, ts, updated_at, signals::text FROM latest WHERE device_id = ANY(%(ids)s)"


@translated()
def latest(conn: Connection, device_ids: Sequence[int]) -> dict[int, Latest]:
    """The newest values of up to 10,000 devices, by device_id; who never spoke is absent."""
    if len(device_ids) > MAX_DEVICES:
        raise InvalidValue(f"at most {MAX_DEVICES:,} devices at once, not {len(device_ids):,}")
    # All at once: fetched one by one, ten thousand rows take 20 ms longer.
    rows = conn.cursor(binary=True).execute(_LATEST, {"ids": list(device_ids)}).fetchall()
    return {row[0]: Latest(*row) for row in rows}
