"""How often and how long a device was used, and how much of the time it was heard, by window.

A use is an event with identity, never the difference of a counter (DESIGN decision 10). The rules are
in docs/usage.md; each looks only at an event's nearest neighbours, so that what a window holds does
not depend on how time was cut, and windows that touch add up.
"""

from __future__ import annotations

from collections.abc import Sequence
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


# Pairing needs each event's neighbours only: one before the window, one after it, and finishes that
# may have lost their start up to LONGEST_MIN after it.
_USES: Final = """
bound AS (
    SELECT coalesce(greatest(
               (SELECT max(ts) FROM events
                WHERE device_id = %(device)s AND kind = %(finish)s::text AND ts < %(since)s),
               (SELECT max(ts) FROM events
                WHERE device_id = %(device)s AND kind = %(start)s::text AND ts < %(since)s)),
               %(since)s) AS low,
           greatest(least(
               (SELECT min(ts) FROM events
                WHERE device_id = %(device)s AND kind = %(finish)s::text AND ts >= %(until)s),
               (SELECT min(ts) FROM events
                WHERE device_id = %(device)s AND kind = %(start)s::text AND ts >= %(until)s)),
               %(until)s + %(longest)s * interval '1 min') AS high
), seen AS (
    SELECT ts, boot, kind,
           lag(ts) OVER w AS before_ts, lag((kind, boot)) OVER w AS before,
           lead(ts) OVER w AS after_ts, lead((kind, boot)) OVER w AS after,
           CASE WHEN jsonb_typeof(attrs -> %(duration)s::text) = 'number'
                THEN least(greatest((attrs ->> %(duration)s::text)::numeric, 0), %(longest)s)::float8 END AS said,
           CASE WHEN jsonb_typeof(attrs -> %(count)s::text) = 'number'
                THEN least(greatest((attrs ->> %(count)s::text)::numeric, 0), %(largest)s)::bigint ELSE 1 END AS count
    FROM events CROSS JOIN bound
    WHERE device_id = %(device)s AND kind IN (%(finish)s::text, %(start)s::text) AND ts >= low AND ts <= high
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
        WHERE device_id = %(device)s AND boots.boot > paired.boot AND first_ts >= paired.ts) restart
    WHERE kind = %(start)s::text AND NOT has_finish
), used AS (
    SELECT * FROM candidate
    WHERE start >= %(since)s AND start < %(until)s
      AND coalesce(minutes * 60, CASE WHEN NOT finished THEN extract(epoch FROM "end" - start)::float8 END,
                   %(minimum)s) >= %(minimum)s
)"""


def _arguments(use: Use, device_id: int, since: datetime, until: datetime) -> dict[str, object]:
    return {
        "device": device_id,
        "since": since,
        "until": until,
        "finish": use.event,
        "start": use.start,
        "duration": use.duration,
        "count": use.count if isinstance(use.count, str) else None,
        "minimum": float(use.minimum_s),
        "longest": LONGEST_MIN,
        "largest": LARGEST_COUNT,
    }


@translated()
def counts(conn: Connection, use: Use, device_id: int, windows: Sequence[Window]) -> list[Counts]:
    """The uses of each window, in order. Windows must rise and not overlap; else `InvalidValue`."""
    if not windows:
        return []
    _check(windows)
    query = f"""
        WITH {_USES}, placed AS (
            SELECT *, width_bucket(start, %(starts)s::timestamptz[]) AS n FROM used
        )
        SELECT coalesce(sum(count) FILTER (WHERE "end" IS NOT NULL), 0)::bigint,
               coalesce(sum(minutes), 0)::float8,
               count(*) FILTER (WHERE NOT finished AND "end" IS NOT NULL),
               count(*) FILTER (WHERE NOT finished AND "end" IS NULL AND start IS NOT NULL)
        FROM unnest(%(ends)s::timestamptz[]) WITH ORDINALITY w(until, n)
        LEFT JOIN placed ON placed.n = w.n AND start < w.until
        GROUP BY w.n ORDER BY w.n"""  # noqa: S608 - composed of literals alone
    rows = conn.execute(
        query.encode(),
        {
            **_arguments(use, device_id, windows[0].since, windows[-1].until),
            "starts": [window.since for window in windows],
            "ends": [window.until for window in windows],
        },
    )
    return [Counts(*row) for row in rows]


@translated()
def listing(conn: Connection, use: Use, device_id: int, window: Window, *, limit: int = 500) -> list[OneUse]:
    """The uses that begin in the window, oldest first: what figures about it are made of."""
    _check([window])
    query = f'WITH {_USES} SELECT * FROM used ORDER BY start, "end" LIMIT %(limit)s'  # noqa: S608
    rows = conn.execute(query.encode(), {**_arguments(use, device_id, *window), "limit": limit})
    return [OneUse(*row) for row in rows]


@translated()
def heard_seconds(conn: Connection, device_id: int, windows: Sequence[Window]) -> list[float]:
    """How many seconds of each window the device was heard (DESIGN decision 9), in order.

    Spans that touch or overlap count once. Windows must rise and not overlap; else `InvalidValue`.
    """
    if not windows:
        return []
    _check(windows)
    rows = conn.execute(
        """
        WITH span AS (
            SELECT greatest(since, max(until) OVER (
                       ORDER BY since, until ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) AS since,
                   until
            FROM heard
            WHERE device_id = %(device)s AND since < %(until)s AND until > %(since)s
        ), part AS (
            SELECT n, least(until, (%(ends)s::timestamptz[])[n])
                      - greatest(since, (%(starts)s::timestamptz[])[n]) AS length
            FROM span CROSS JOIN LATERAL generate_series(
                greatest(width_bucket(since, %(starts)s::timestamptz[]), 1),
                width_bucket(until, %(starts)s::timestamptz[])) n
            WHERE since < until
        )
        SELECT n, sum(extract(epoch FROM length))::float8 FROM part
        WHERE length > interval '0' GROUP BY n""",
        {
            "device": device_id,
            "since": windows[0].since,
            "until": windows[-1].until,
            "starts": [window.since for window in windows],
            "ends": [window.until for window in windows],
        },
    )
    heard = dict(rows.fetchall())
    return [heard.get(n, 0.0) for n in range(1, len(windows) + 1)]


def _check(windows: Sequence[Window]) -> None:
    if any(w.since.tzinfo is None or w.until.tzinfo is None for w in windows):
        raise InvalidValue("windows must carry UTC offsets")
    if any(w.since >= w.until for w in windows):
        raise InvalidValue("a window must end after it begins")
    if any(before.until > after.since for before, after in pairwise(windows)):
        raise InvalidValue("windows must rise and not overlap")
