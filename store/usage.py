"""How often and how long a device was used, and how much of the time it was heard, by window.

A use is an event with identity, never the difference of a counter (DESIGN decision 10). The rules are
in docs/usage.md; each looks only at an event's nearest neighbours, so that what a window holds does
not depend on how time was cut, and windows that touch add up.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Final, NamedTuple

from catalog.model import Use
from store.database import Connection
from store.errors import InvalidValue, translated

LONGEST_MIN: Final = 7 * 24 * 60.0
"""A use is taken to last a week at most, whatever a device claims: a finish without its start may lie
that far behind the window its use belongs to."""
LARGEST_COUNT: Final = 1_000_000
"""The most uses one event may stand for."""


class Window(NamedTuple):
    """Half-open span of time."""

    since: datetime
    until: datetime


class Asked(NamedTuple):
    """Windows of one device. They must rise, not overlap and carry UTC offsets, else `InvalidValue`."""

    device_id: int
    windows: Sequence[Window]


class Counts(NamedTuple):
    """The uses that begin in one window."""

    uses: int
    minutes: float
    """Of finished uses whose length is known."""
    unfinished: int
    """Uses (among `uses`) whose end never came: closed by the next start or boot. No minutes."""
    running: int
    """Starts that nothing has closed yet; not among `uses`."""


class OneUse(NamedTuple):
    """One use."""

    start: datetime
    end: datetime | None
    """Of an unfinished use, what closed it; None while it runs."""
    minutes: float | None
    uses: int
    """How many uses its event stands for."""
    finished: bool


_ASKED: Final = """(
    SELECT nth, device, starts, ends, starts[1] AS since, ends[array_upper(ends, 1)] AS until
    FROM (SELECT nth, device, starts::timestamptz[] AS starts, ends::timestamptz[] AS ends
          FROM unnest(%(devices)s::int[], %(starts)s::text[], %(ends)s::text[])
               WITH ORDINALITY AS sent (device, starts, ends, nth) OFFSET 0) parsed
    WHERE cardinality(starts) > 0) asked"""
"""Devices, each with its own windows: an array of arrays could not be ragged, so they travel as text. OFFSET 0 keeps
the planner from reading the text anew wherever a time of it is wanted, which is at each row."""

# Pairing needs each event's neighbours only: one before the window, one after it, and finishes that
# may have lost their start up to LONGEST_MIN after it. `asked` is a row (device, since, until).
_USES: Final = """
bound AS (
    SELECT coalesce(greatest(
               (SELECT max(ts) FROM events
                WHERE device_id = asked.device AND kind = %(finish)s::text AND ts < asked.since),
               (SELECT max(ts) FROM events
                WHERE device_id = asked.device AND kind = %(start)s::text AND ts < asked.since)),
               asked.since) AS low,
           greatest(least(
               (SELECT min(ts) FROM events
                WHERE device_id = asked.device AND kind = %(finish)s::text AND ts >= asked.until),
               (SELECT min(ts) FROM events
                WHERE device_id = asked.device AND kind = %(start)s::text AND ts >= asked.until)),
               asked.until + %(longest)s * interval '1 min') AS high
), seen AS (
    SELECT ts, boot, kind,
           lag(ts) OVER w AS before_ts, lag((kind, boot)) OVER w AS before,
           lead(ts) OVER w AS after_ts, lead((kind, boot)) OVER w AS after,
           CASE WHEN jsonb_typeof(attrs -> %(duration)s::text) = 'number'
                THEN least(greatest((attrs ->> %(duration)s::text)::numeric, 0), %(longest)s)::float8 END AS said,
           CASE WHEN jsonb_typeof(attrs -> %(count)s::text) = 'number'
                THEN least(greatest((attrs ->> %(count)s::text)::numeric, 0), %(largest)s)::bigint ELSE 1 END AS count
    FROM events CROSS JOIN bound
    WHERE device_id = asked.device AND kind IN (%(finish)s::text, %(start)s::text) AND ts >= low AND ts <= high
    WINDOW w AS (ORDER BY ts, events.boot, seq)
), paired AS (
    SELECT *, before IS NOT DISTINCT FROM (%(start)s::text, boot) AS has_start,
           after IS NOT DISTINCT FROM (%(finish)s::text, boot) AS has_finish
    FROM seen
), candidate AS (
    SELECT CASE WHEN has_start THEN before_ts ELSE ts - coalesce(said, 0) * interval '1 min' END AS start,
           ts AS "end",
           coalesce(said, CASE WHEN has_start THEN
               least(extract(epoch FROM ts - before_ts) / 60, %(longest)s)::float8 END) AS minutes,
           count, true AS finished
    FROM paired WHERE kind = %(finish)s::text
    UNION ALL
    SELECT paired.ts, least(after_ts, restart.ts), NULL, 1, false
    FROM paired CROSS JOIN LATERAL (
        SELECT min(first_ts) AS ts FROM boots
        WHERE device_id = asked.device AND boots.boot > paired.boot AND first_ts >= paired.ts) restart
    WHERE kind = %(start)s::text AND NOT has_finish
), used AS (
    SELECT * FROM candidate
    WHERE start >= asked.since AND start < asked.until
      AND coalesce(minutes * 60, CASE WHEN NOT finished THEN extract(epoch FROM "end" - start)::float8 END,
                   %(minimum)s) >= %(minimum)s
)"""


def _arguments(use: Use) -> dict[str, object]:
    return {
        "finish": use.event,
        "start": use.start,
        "duration": use.duration,
        "count": use.count if isinstance(use.count, str) else None,
        "minimum": float(use.minimum_s),
        "longest": LONGEST_MIN,
        "largest": LARGEST_COUNT,
    }


def counts(conn: Connection, use: Use, device_id: int, windows: Sequence[Window]) -> list[Counts]:
    """The uses of each window of one device, in order. Raises `InvalidValue` as `Asked` says."""
    return counts_of(conn, use, [Asked(device_id, windows)])[0]


@translated()
def counts_of(conn: Connection, use: Use, asked: Sequence[Asked]) -> list[list[Counts]]:
    """The uses of each window of each device, in order, by one query. Raises `InvalidValue` as `Asked` says."""
    query = f"""
        SELECT asked.nth, found.* FROM {_ASKED} CROSS JOIN LATERAL (
            WITH {_USES}, placed AS (
                SELECT *, width_bucket(start, asked.starts) AS n FROM used
            )
            SELECT coalesce(sum(count) FILTER (WHERE "end" IS NOT NULL), 0)::bigint,
                   coalesce(sum(minutes), 0)::float8,
                   count(*) FILTER (WHERE NOT finished AND "end" IS NOT NULL),
                   count(*) FILTER (WHERE NOT finished AND "end" IS NULL AND start IS NOT NULL)
            FROM unnest(asked.ends) WITH ORDINALITY w(until, n)
            LEFT JOIN placed ON placed.n = w.n AND start < w.until
            GROUP BY w.n ORDER BY w.n) found
        ORDER BY asked.nth"""  # noqa: S608 - composed of literals alone
    found: list[list[Counts]] = [[] for _ in asked]
    for nth, *row in conn.execute(query.encode(), {**_arguments(use), **_asked(asked)}):
        found[nth - 1].append(Counts(*row))
    return found


@translated()
def listing(conn: Connection, use: Use, device_id: int, window: Window, *, limit: int = 500) -> list[OneUse]:
    """The uses that begin in the window, oldest first: what figures about it are made of."""
    query = f"""SELECT found.* FROM {_ASKED} CROSS JOIN LATERAL (
        WITH {_USES} SELECT * FROM used ORDER BY start, "end" LIMIT %(limit)s) found"""  # noqa: S608
    asked = _asked([Asked(device_id, [window])])
    rows = conn.execute(query.encode(), {**_arguments(use), **asked, "limit": limit})
    return [OneUse(*row) for row in rows]


def heard_seconds(conn: Connection, device_id: int, windows: Sequence[Window]) -> list[float]:
    """How many seconds of each window one device was heard, in order. Raises `InvalidValue` as `Asked` says."""
    return heard_seconds_of(conn, [Asked(device_id, windows)])[0]


@translated()
def heard_seconds_of(conn: Connection, asked: Sequence[Asked]) -> list[list[float]]:
    """How many seconds of each window each device was heard (DESIGN decision 9), in order, by one query.

    Spans that touch or overlap count once. Raises `InvalidValue` as `Asked` says.
    """
    query = f"""
        SELECT asked.nth, found.* FROM {_ASKED} CROSS JOIN LATERAL (
            WITH span AS (
                SELECT greatest(since, max(until) OVER (
                           ORDER BY since, until ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) AS since,
                       until
                FROM heard
                WHERE device_id = asked.device AND since < asked.until AND until > asked.since
            ), part AS (
                SELECT n, least(until, asked.ends[n]) - greatest(since, asked.starts[n]) AS length
                FROM span CROSS JOIN LATERAL generate_series(
                    greatest(width_bucket(since, asked.starts), 1), width_bucket(until, asked.starts)) n
                WHERE since < until
            )
            SELECT n, sum(extract(epoch FROM length))::float8 FROM part
            WHERE length > interval '0' GROUP BY n) found"""  # noqa: S608 - composed of literals alone
    found = [[0.0] * len(each.windows) for each in asked]
    for nth, n, heard_s in conn.execute(query.encode(), _asked(asked)):
        found[nth - 1][n - 1] = heard_s
    return found


def _asked(asked: Sequence[Asked]) -> dict[str, object]:
    for each in asked:
        _check(each.windows)
    return {
        "devices": [each.device_id for each in asked],
        "starts": [_array(window.since for window in each.windows) for each in asked],
        "ends": [_array(window.until for window in each.windows) for each in asked],
    }


def _array(times: Iterable[datetime]) -> str:
    return f"{{{','.join(time.isoformat() for time in times)}}}"


def _check(windows: Sequence[Window]) -> None:
    if any(w.since.tzinfo is None or w.until.tzinfo is None for w in windows):
        raise InvalidValue("windows must carry UTC offsets")
    if any(w.since >= w.until for w in windows):
        raise InvalidValue("a window must end after it begins")
    if any(before.until > after.since for before, after in pairwise(windows)):
        raise InvalidValue("windows must rise and not overlap")
