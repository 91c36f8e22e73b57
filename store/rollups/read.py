"""Buckets of an hour's multiple from rollups and raw rows together, always as exact as from raw rows alone.

Rollups serve the hours that are not marked, raw rows the marked ones and what the window cuts off of an hour at its
ends. The statement also returns the marks as of its own snapshot: were there more than it had been told, its answer
is thrown away and it is asked again. So it is one snapshot, and its plan touches only the partitions that hold marked
hours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, LiteralString, NamedTuple

from psycopg import sql
from psycopg.types.multirange import Multirange

from catalog.elements import Scalar
from catalog.model import Product, Signal
from store.database import Connection
from store.errors import InvalidValue, Retry, translated
from store.rollups.hours import DAY_H, FIRST, HOUR_S, LAST, Hours, hour_end, hour_of, start_of
from store.rollups.measures import COUNTED, Kept, expressions, kept

MAX_SPANS: Final = 6
"""Spans of raw rows in one statement; nearer ones are joined, which reads more and changes nothing."""
ASK_RAW_AT: Final = 6
"""Hours may be marked faster than they are read: after so many answers thrown away all of them are read from raw rows,
which no mark can belie."""
MAX_TRIES: Final = 10


class Marks(NamedTuple):
    """What has to be known of a device before its rollups may be trusted."""

    stale: Hours
    raw_since: int
    """Hour before which raw rows were dropped; what is there came late and is not in the rollups."""


class Folded(NamedTuple):
    """One signal over a bucket that begins at `at`; `mean` and `spread` (squared deviations) of numbers alone."""

    at: datetime
    n: int
    lo: float | int | None
    hi: float | int | None
    mean: float | None
    spread: float | None
    last: Scalar | None
    mode: str | None


@dataclass(frozen=True, slots=True)
class Series:
    """Aggregates of one signal, oldest first; only hours or days with values have a place. All tuples are as long.

    `lo`, `hi`, `mean` and `std` (of the population) are None of enum and text; `last` is None of gauges.
    """

    at: tuple[datetime, ...]
    n: tuple[int, ...]
    lo: tuple[float | int | None, ...]
    hi: tuple[float | int | None, ...]
    mean: tuple[float | None, ...]
    std: tuple[float | None, ...]
    last: tuple[Scalar | None, ...]


@translated()
def series(
    conn: Connection,
    product: Product,
    device_id: int,
    signals: Sequence[Signal],
    start: datetime,
    end: datetime,
    *,
    width_s: int = HOUR_S,
) -> dict[str, Series]:
    """Signals of a device by hour, or by any multiple of it from the epoch (UTC), over `[start, end)`."""
    found = buckets(conn, product, device_id, signals, start, end, width_s, spread=True)
    return {key: _columns(rows) for key, rows in found.items()}


def _columns(rows: Sequence[Folded]) -> Series:
    stds = tuple(None if r.spread is None else (max(r.spread, 0.0) / r.n) ** 0.5 for r in rows)
    at, n, lo, hi, mean, _, last, _ = zip(*rows, strict=True) if rows else ((),) * 8
    return Series(at, n, lo, hi, mean, stds, last)


def buckets(
    conn: Connection,
    product: Product,
    device_id: int,
    signals: Sequence[Signal],
    start: datetime,
    end: datetime,
    width_s: int,
    *,
    spread: bool = False,
) -> dict[str, list[Folded]]:
    """Buckets of `width_s` (a multiple of 3,600) aligned to the epoch, oldest first, by key of signal.

    `spread` is None unless asked for: it takes a sort, which charts need not pay. Where raw rows are gone, the ends of
    the window are moved outwards to the hour.
    """
    if width_s <= 0 or width_s % HOUR_S:
        raise InvalidValue(f"rollups come in hours; {width_s} s is no multiple of 3,600")
    question = Question(conn, product, device_id, start, end, width_s // HOUR_S, spread)
    wanted = kept(conn, product, signals)
    marks = marks_of(conn, product, device_id)
    found: dict[str, list[Folded]] = {}
    for k in wanted:
        found[k.signal.key], marks = _exact(question, k, marks)
    return found


class Question(NamedTuple):
    """What is asked of every signal."""

    conn: Connection
    product: Product
    device_id: int
    start: datetime
    end: datetime
    width_h: int
    spread: bool


def marks_of(conn: Connection, product: Product, device_id: int) -> Marks:
    """The device's marks as they are now."""
    row = conn.execute(
        """SELECT (SELECT dirty + rolling FROM latest WHERE device_id = %s),
                  (SELECT raw_since FROM products WHERE product = %s)""",
        (device_id, product.key),
    ).fetchone()
    return _marks(*row) if row else Marks(Hours(), FIRST)


def _marks(stale: Multirange[int] | None, raw_since: datetime | None) -> Marks:
    return Marks(Hours() if stale is None else Hours.stored(stale), FIRST if raw_since is None else hour_of(raw_since))


def _exact(q: Question, k: Kept, told: Marks) -> tuple[list[Folded], Marks]:
    for attempt in range(MAX_TRIES):
        if attempt == ASK_RAW_AT:
            told = told._replace(stale=Hours.of([(hour_of(q.start), hour_end(q.end))]))
        plan = _plan(q.start, q.end, told)
        rows = q.conn.execute(*_statement(q, k, plan), prepare=False).fetchall()
        # The one row without a bucket brings the marks as the statement saw them.
        [seen] = [_marks(*row[-2:]) for row in rows if row[0] is None]
        if seen.raw_since == told.raw_since and seen.stale.within(plan.first, plan.last) <= plan.raw:
            return [Folded(start_of(row[0] * q.width_h), *row[1:-2]) for row in rows if row[0] is not None], seen
        told = seen
    raise Retry("raw readings were dropped again and again while a device was read")


class Plan(NamedTuple):
    """Where the parts of a window come from."""

    first: int
    """Hours, half-open."""
    last: int
    raw: Hours
    """Read from raw rows."""
    raw_only: Hours
    """Those of them whose rollup must not be read."""
    start: datetime
    end: datetime


def _plan(start: datetime, end: datetime, marks: Marks) -> Plan:
    first, last = hour_of(start), hour_end(end)
    whole_from = max(marks.raw_since, FIRST)
    raw = marks.stale.within(first, last)
    if start > start_of(first):
        start, raw = _cut(start, start_of(first), first, whole_from, raw)
    if end < start_of(last):
        end, raw = _cut(end, start_of(last), last - 1, whole_from, raw)
    raw = raw.joined(MAX_SPANS)
    return Plan(first, last, raw, raw.within(whole_from, LAST), start, end)


def _cut(at: datetime, whole: datetime, hour: int, whole_from: int, raw: Hours) -> tuple[datetime, Hours]:
    """An end of the window inside of `hour`: read from raw rows, or moved to the hour's where these are gone."""
    return (at, raw | Hours.of([(hour, hour + 1)])) if hour >= whole_from else (whole, raw)


def _measures(k: Kept, q: Question) -> dict[str, sql.Composed]:
    """Names in `rollups` of what is wanted of this signal, and what they are of raw rows."""
    return {name: of_rows for name, of_rows in expressions(k).items() if q.spread or name != "spread"}


def _statement(q: Question, k: Kept, plan: Plan) -> tuple[sql.Composed, dict[str, Any]]:
    names = _measures(k, q)
    listed = sql.SQL(", ").join(map(sql.Identifier, names))
    parameters: dict[str, Any] = {
        "device": q.device_id,
        "product": q.product.key,
        "signal": k.signal_id,
        "first": plan.first,
        "last": plan.last,
        "raw": plan.raw.literal(),
        "raw_only": plan.raw_only.literal(),
        "width": q.width_h,
    }
    by_day = q.width_h % DAY_H == 0 and "tally" not in names
    parts: list[sql.Composable] = [_hourly(list(names), beside_days=by_day)]
    if by_day:
        parts.append(sql.SQL(_DAILY).format(measures=listed))
    for at, span in enumerate(plan.raw.spans):
        parameters[f"since{at}"] = max(plan.start, start_of(span.since))
        parameters[f"until{at}"] = min(plan.end, start_of(span.until))
        parts.append(_raw(q.product, names, at))
    return (
        sql.SQL(
            """WITH hours (hour, raw, {measures}) AS ({parts})
               SELECT b.*, NULL::int4multirange AS stale, NULL::timestamptz AS raw_since FROM ({folded}) b
               UNION ALL
               SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
                      (SELECT dirty + rolling FROM latest WHERE device_id = %(device)s),
                      (SELECT raw_since FROM products WHERE product = %(product)s)
               ORDER BY 1"""
        ).format(measures=listed, parts=sql.SQL(" UNION ALL ").join(parts), folded=_folded(k, q)),
        parameters,
    )


_DAY_NO = "(r.day - date '1970-01-01')"
_OF_DEVICE = """rollups r WHERE r.device_id = %(device)s AND r.signal = %(signal)s
    AND r.day BETWEEN date '1970-01-01' + %(first)s / 24 AND date '1970-01-01' + (%(last)s - 1) / 24"""
# A day that lies in the window with all its hours, none of them from raw rows: a last value is told by its hour.
_WHOLE = f"""{_DAY_NO} * 24 >= %(first)s AND {_DAY_NO} * 24 + 24 <= %(last)s
    AND NOT int4range({_DAY_NO} * 24, {_DAY_NO} * 24 + 24) && %(raw)s::int4multirange"""
_DAILY: Final = f"SELECT {_DAY_NO} * 24, false, {{measures}} FROM {_OF_DEVICE} AND {_WHOLE}"  # noqa: S608


def _hourly(names: Sequence[str], *, beside_days: bool) -> sql.Composed:
    other: LiteralString = f"AND NOT ({_WHOLE})" if beside_days else ""
    return sql.SQL(
        f"""SELECT r.no * 24 + u.hour, false, {{u_measures}}
            FROM (SELECT {_DAY_NO} AS no, r.* FROM {_OF_DEVICE} {other} OFFSET 0) r
            CROSS JOIN LATERAL unnest(r.hours, {{arrays}}) AS u(hour, {{measures}})
            WHERE r.no * 24 + u.hour >= %(first)s AND r.no * 24 + u.hour < %(last)s
              AND NOT %(raw_only)s::int4multirange @> r.no * 24 + u.hour"""  # noqa: S608
    ).format(
        measures=sql.SQL(", ").join(map(sql.Identifier, names)),
        u_measures=sql.SQL(", ").join(sql.Identifier("u", m) for m in names),
        arrays=sql.SQL(", ").join(sql.Identifier("r", f"h_{m}") for m in names),
    )


def _raw(product: Product, from_rows: Mapping[str, sql.Composed], at: int) -> sql.Composed:
    """One span of raw rows by hour, in the order of `_measures`."""
    counted = COUNTED.format(sql.Identifier("tally"))
    return sql.SQL(
        """SELECT (extract(epoch FROM at) / 3600)::int, true, {outer}
           FROM (SELECT date_bin('1 hour', ts, 'epoch'::timestamptz) AS at, {inner} FROM {table}
                 WHERE device_id = %(device)s AND ts >= {since} AND ts < {until} GROUP BY 1) a WHERE n > 0"""
    ).format(
        outer=sql.SQL(", ").join(counted if m == "tally" else sql.Identifier(m) for m in from_rows),
        inner=sql.SQL(", ").join(sql.SQL("{} AS {}").format(e, sql.Identifier(m)) for m, e in from_rows.items()),
        table=sql.Identifier(product.table),
        since=sql.Placeholder(f"since{at}"),
        until=sql.Placeholder(f"until{at}"),
    )


# Of an hour with a rollup and late raw rows the rollup's, as it will be once these are added to it.
_NEWEST = "(array_agg({last} ORDER BY hour DESC, raw) FILTER (WHERE {last} IS NOT NULL))[1]"

_MIDDLED = """(SELECT *, sum(n * mean) OVER w / sum(n) OVER w AS middle
               FROM hours WINDOW w AS (PARTITION BY hour / %(width)s)) h"""
# The most frequent value of each bucket; of as frequent ones the first in order, as mode() does.
_WORDED = """hours LEFT JOIN (
    SELECT DISTINCT ON (bucket) bucket, mode FROM (
        SELECT hour / %(width)s AS bucket, last_text AS mode, n AS times FROM hours WHERE tally IS NULL
        UNION ALL
        SELECT hour / %(width)s, e.key, e.value::bigint FROM hours CROSS JOIN LATERAL jsonb_each_text(tally) e) w
    GROUP BY bucket, mode ORDER BY bucket, sum(times) DESC, mode) m ON m.bucket = hour / %(width)s"""


def _folded(k: Kept, q: Question) -> sql.Composed:
    """Buckets from hours: number of the bucket, and what `Folded` lists after `at`."""
    suffix = "_int" if k.is_whole else "" if k.is_number else "_text"
    # A float32 is given as one, so that 1.92 does not come back as 1.9199999570846558.
    real = sql.SQL("::real" if k.signal.type == "float32" else "")
    null = sql.SQL("NULL")
    lo = hi = mean = spread = last = mode = sql.Composed([null])
    hours = sql.Composed([sql.SQL("hours")])
    if k.is_number:
        lo = sql.SQL("min({}){}").format(sql.Identifier(f"lo{suffix}"), real)
        hi = sql.SQL("max({}){}").format(sql.Identifier(f"hi{suffix}"), real)
        mean = sql.SQL("(sum(n * mean) / sum(n)){}").format(real)
    if k.is_number and q.spread:
        spread = sql.Composed([sql.SQL("sum(spread + n * (mean - middle) ^ 2)")])
        hours = sql.Composed([sql.SQL(_MIDDLED)])
    if k.has_last:
        last = sql.SQL(_NEWEST).format(last=sql.Identifier(f"last{suffix}"))
        if k.signal.type == "bool":
            last = sql.SQL("{}::int::bool").format(last)
    if k.signal.type == "enum":
        mode, hours = sql.Composed([sql.SQL("min(mode)")]), sql.Composed([sql.SQL(_WORDED)])
    columns = sql.SQL(", ").join((lo, hi, mean, spread, last, mode))
    return sql.SQL("SELECT hour / %(width)s, sum(n)::int, {columns} FROM {hours} GROUP BY 1").format(
        columns=columns, hours=hours
    )
