"""Rows of `rollups` made anew for some hours of some devices, inside the caller's transaction.

Hours pass through a temporary table, one row an hour and signal: first what the raw rows of the hours say, then the
other hours of the same days as they were. Days are folded from it. A day without any hour left has no row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from psycopg import sql

from store.database import Connection
from store.rollups.hours import Hours, start_of
from store.rollups.measures import MAX_SIGNALS, MEASURES, Kept, aggregated, projected

_MEASURES = sql.SQL(", ").join(map(sql.Identifier, MEASURES))
_ARRAYS = sql.SQL(", ").join(sql.Identifier(f"h_{measure}") for measure in MEASURES)

STAGE = sql.SQL(
    """CREATE TEMPORARY TABLE IF NOT EXISTS rolled_hours
       (device_id int, signal int, hour int, late boolean, {}) ON COMMIT DELETE ROWS"""
).format(sql.SQL(", ").join(sql.SQL("{} {}").format(sql.Identifier(m), sql.SQL(t)) for m, t in MEASURES.items()))

# The aggregation stands in a LATERAL of its own so that each span is one range of the primary key, whatever the
# planner thinks of the table; the outer bounds let it leave out partitions and chunks before it begins.
_FRESH = """INSERT INTO rolled_hours (device_id, signal, hour, late, {measures})
    SELECT s.d, v.signal, (extract(epoch FROM a.at) / 3600)::int, %(late)s, {v_measures}
    FROM unnest(%(devices)s::int[], %(since)s::timestamptz[], %(until)s::timestamptz[]) AS s(d, since, until)
    CROSS JOIN LATERAL (
        SELECT date_bin('1 hour', ts, 'epoch'::timestamptz) AS at, {aggregated} FROM {table}
        WHERE device_id = s.d AND ts >= s.since AND ts < s.until AND ts >= %(first)s AND ts < %(last)s GROUP BY 1) a
    CROSS JOIN LATERAL (VALUES {projected}) AS v(signal, {measures})
    WHERE v.n > 0"""


def fresh(
    conn: Connection, table: str, signals: Sequence[Kept], hours: Mapping[int, Hours], *, late: bool = False
) -> None:
    """Put what the rows of `table` say of these hours, by device_id, into `rolled_hours`."""
    spans = [(device, *span) for device, wanted in hours.items() for span in wanted.spans]
    if not spans:
        return
    devices, since, until = (list(column) for column in zip(*spans, strict=True))
    parameters = {
        "late": late,
        "devices": devices,
        "since": list(map(start_of, since)),
        "until": list(map(start_of, until)),
        "first": start_of(min(since)),
        "last": start_of(max(until)),
    }
    for begin in range(0, len(signals), MAX_SIGNALS):
        group = signals[begin : begin + MAX_SIGNALS]
        query = sql.SQL(_FRESH).format(
            measures=_MEASURES,
            v_measures=sql.SQL(", ").join(sql.Identifier("v", m) for m in MEASURES),
            aggregated=aggregated(group),
            projected=projected(group),
            table=sql.Identifier(table),
        )
        conn.execute(query, parameters, prepare=False)


_AFFECTED = """unnest(%(devices)s::int[], %(days)s::int[], %(parts)s::text[]) AS a(d, n, part)"""

_KEPT = sql.SQL(
    f"""INSERT INTO rolled_hours (device_id, signal, hour, late, {{measures}})
        SELECT r.device_id, r.signal, a.n * 24 + u.hour, false, {{u_measures}}
        FROM (SELECT d, n, date '1970-01-01' + n AS day, part::int4multirange AS part FROM {_AFFECTED}) a
        JOIN rollups r ON r.device_id = a.d AND r.signal = ANY(%(signals)s) AND r.day = a.day
        CROSS JOIN LATERAL unnest(r.hours, {{arrays}}) AS u(hour, {{measures}})
        WHERE NOT a.part @> a.n * 24 + u.hour"""  # noqa: S608 - nothing of it comes from outside
).format(
    measures=_MEASURES,
    u_measures=sql.SQL(", ").join(sql.Identifier("u", m) for m in MEASURES),
    arrays=sql.SQL(", ").join(sql.Identifier("r", f"h_{m}") for m in MEASURES),
)

# Late rows add to an hour whose raw rows are gone. Its last value stays: when it was measured is not known any more.
_COMBINE = """WITH taken AS (DELETE FROM rolled_hours RETURNING *),
    meant AS (SELECT *, sum(n * mean) OVER w / sum(n) OVER w AS middle,
                     CASE WHEN signal = ANY(%s) THEN coalesce(tally, jsonb_build_object(last_text, n)) END AS words
              FROM taken
              WINDOW w AS (PARTITION BY device_id, signal, hour))
    INSERT INTO rolled_hours
    SELECT device_id, signal, hour, bool_or(late), sum(n)::int, min(lo), max(hi), min(lo_int), max(hi_int),
           min(middle), sum(spread + n * (mean - middle) ^ 2),
           (array_agg(last ORDER BY late) FILTER (WHERE last IS NOT NULL))[1],
           (array_agg(last_int ORDER BY late) FILTER (WHERE last_int IS NOT NULL))[1],
           (array_agg(last_text ORDER BY late) FILTER (WHERE last_text IS NOT NULL))[1],
           (SELECT jsonb_object_agg(key, times) FROM (
                SELECT e.key, sum(e.value::bigint) AS times
                FROM unnest(array_agg(m.words)) t, jsonb_each_text(t) e GROUP BY 1) g HAVING count(*) > 1)
    FROM meant m GROUP BY device_id, signal, hour"""


def combine(conn: Connection, signals: Sequence[Kept]) -> None:
    """Make one row of the several that `rolled_hours` may hold of an hour: late rows and what was there."""
    conn.execute(_COMBINE, (_ids(k for k in signals if k.signal.type == "enum"),))


_GONE = f"""DELETE FROM rollups r
    USING (SELECT d, n, date '1970-01-01' + n AS day FROM {_AFFECTED}) a
    WHERE r.device_id = a.d AND r.signal = ANY(%(signals)s) AND r.day = a.day AND NOT EXISTS (
        SELECT 1 FROM rolled_hours h
        WHERE h.device_id = a.d AND h.signal = r.signal AND h.hour BETWEEN a.n * 24 AND a.n * 24 + 23)"""  # noqa: S608

_HOURLY = sql.SQL(", ").join(
    sql.SQL("CASE WHEN count({0}) > 0 THEN array_agg({0}) END").format(sql.Identifier(m)) for m in MEASURES
)
# array_agg takes rows as they come, and they come in order of hour.
_WRITE = sql.SQL(
    """INSERT INTO rollups (device_id, signal, day, n, lo, hi, lo_int, hi_int, mean, spread, last, last_int, last_text,
                            hours, {arrays})
       SELECT device_id, signal, date '1970-01-01' + day, sum(n), min(lo), max(hi), min(lo_int), max(hi_int),
              min(middle), sum(spread + n * (mean - middle) ^ 2),
              (array_agg(last) FILTER (WHERE last IS NOT NULL))[count(last)],
              (array_agg(last_int) FILTER (WHERE last_int IS NOT NULL))[count(last_int)],
              (array_agg(last_text) FILTER (WHERE last_text IS NOT NULL))[count(last_text)],
              array_agg((hour - day * 24)::smallint), {hourly}
       FROM (SELECT *, sum(n * mean) OVER w / sum(n) OVER w AS middle
             FROM (SELECT *, hour / 24 AS day FROM rolled_hours) h
             WINDOW w AS (PARTITION BY device_id, signal, day)
             ORDER BY device_id, signal, day, hour) h
       GROUP BY device_id, signal, day
       ON CONFLICT (device_id, signal, day) DO UPDATE SET {replaced}"""
).format(
    arrays=_ARRAYS,
    hourly=_HOURLY,
    replaced=sql.SQL(", ").join(
        sql.SQL("{0} = EXCLUDED.{0}").format(sql.Identifier(column))
        for column in (*(m for m in MEASURES if m != "tally"), "hours", *(f"h_{m}" for m in MEASURES))
    ),
)


def fold(conn: Connection, signals: Sequence[Kept], rolled: Mapping[int, Hours], late: Mapping[int, Hours]) -> int:
    """Write the days of `rolled` and `late` from `rolled_hours`; returns how many days of devices that were.

    Of `rolled` hours only what is in `rolled_hours` counts; `late` ones, and all others of those days, also keep what
    they had. Call it once `fresh` has put in all of both.
    """
    affected = [
        (device, day, rolled.get(device, Hours()).literal())
        for device in sorted({*rolled, *late})
        for day in (rolled.get(device, Hours()) | late.get(device, Hours())).days()
    ]
    if not affected:
        return 0
    devices, days, parts = (list(column) for column in zip(*affected, strict=True))
    parameters = {"devices": devices, "days": days, "parts": parts, "signals": _ids(signals)}
    conn.execute(_KEPT, parameters)
    if late:
        combine(conn, signals)
    conn.execute("ANALYZE rolled_hours")
    conn.execute(_GONE, parameters)
    conn.execute(_WRITE)
    return len(affected)


def _ids(signals: Iterable[Kept]) -> list[int]:
    return [k.signal_id for k in signals]
