"""What a device's history lacks, and where it is in doubt.

Lost numbers: `seq` counts every element of a boot from 0, so what lies between the stored runs of a
boot, before its first, or after its last up to what the next boot names as `prev`, never came (or has
not come yet), unless it lies among the dead letters: then it came and was refused. Silence: time in
which nothing was heard (DESIGN decision 9), that is beyond three heartbeats after an element.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NamedTuple

from psycopg import sql

from catalog.elements import NO_BOOT, Quality
from catalog.model import Product
from store import deadletters
from store.database import Connection
from store.deadletters import FromDevice
from store.errors import InvalidValue, translated

MAX_ITEMS = 500
"""Of each kind in one answer; the counts beside them are complete."""

Where = Literal["head", "middle", "tail", "boots"]


class Lost(NamedTuple):
    """Numbers that are not stored: `[first_seq, last_seq]` of `boot`."""

    where: Where
    """`head`: before the first stored one of its boot. `middle`: between two. `tail`: after the last,
    as the next boot says. `boots`: whole boots of which nothing is known."""
    boot: int
    last_boot: int
    """Equals `boot`, except for `boots`."""
    first_seq: int
    last_seq: int | None
    """None for `boots`: how many is not known."""
    since: datetime | None
    """Of the stored element before; None when there is none."""
    until: datetime
    """Of the stored element after."""


class Silence(NamedTuple):
    """Nothing was heard in `[since, until)`."""

    since: datetime
    until: datetime
    ongoing: bool
    """It lasts to the end of the window, or to now."""


class Reboot(NamedTuple):
    """A boot that was not the first one known."""

    boot: int
    first_ts: datetime
    last_ts: datetime
    prev_boot: int | None
    """What its first element said of the boot before; None when it said nothing."""
    prev_seq: int | None
    complete: bool
    """The element it names is stored: nothing was lost at the restart."""
    seq_reused: int
    """Elements stored under a number their boot had used already, with another ts."""


@dataclass(frozen=True, slots=True)
class Gaps:
    """All doubts about `[start, end)` of one device.

    Lists are newest first, at most 500 each; the figures beside them are of everything. Gaps that reach
    over an edge of the window are in it whole, so windows that touch share them; heard time adds up.
    """

    lost: list[Lost]
    lost_count: int
    """All lost numbers that are known to have existed."""
    lost_ranges: int
    """How many `lost` would hold without its limit."""
    lost_boots: int
    """Whole boots of which nothing came; how many numbers they had is not known."""
    refused: list[FromDevice]
    """What came in the window and is a dead letter, among it numbers that are not lost for that reason."""
    refused_count: int
    silence: list[Silence]
    silence_s: float
    silence_count: int
    heard_s: float
    watched_s: float
    """Seconds of the window that are past and in which the device was known: registered, or heard before that."""
    reboots: list[Reboot]
    reboot_count: int
    clock_count: int
    """Elements whose `ts` was resolved from arrival."""
    seq_reused: int
    """Over all boots that touch the window."""

    @property
    def coverage(self) -> float | None:
        """Share of `watched_s` heard, 0 to 1; None when nothing was watched."""
        return min(self.heard_s / self.watched_s, 1.0) if self.watched_s > 0 else None


@translated()
def gaps(
    conn: Connection,
    product: Product,
    device_id: int,
    start: datetime,
    end: datetime,
    *,
    now: datetime,
    limit: int = MAX_ITEMS,
) -> Gaps:
    """Find every gap that touches `[start, end)`; the future counts for nothing.

    Raises `InvalidValue` for an empty or naive window.
    """
    if start.tzinfo is None or end.tzinfo is None or start >= end:
        raise InvalidValue("the window must carry UTC offsets and end after it begins")
    window: dict[str, Any] = {
        "device": device_id, "start": start, "end": end, "now": now, "limit": limit, "no_boot": NO_BOOT
    }  # fmt: skip
    refused, refused_count = deadletters.of_device(conn, device_id, start, end, limit=limit)
    lost, lost_ranges, lost_count, lost_boots = _lost(conn, device_id, window)
    silence, silence_s, silence_count, watched_s = _silence(conn, window)
    reboots, reboot_count = _reboots(conn, window)
    return Gaps(
        lost, lost_count, lost_ranges, lost_boots, refused, refused_count,
        silence, silence_s, silence_count, max(0.0, watched_s - silence_s), watched_s,
        reboots, reboot_count, _clock_count(conn, product, window), _seq_reused(conn, window),
    )  # fmt: skip


# `reach` makes a late run that overlaps an earlier one open no false gap.
_LOST = """
WITH run AS (
    SELECT boot, first_seq, first_ts, last_ts,
           max(last_seq) OVER w AS reach, lag(last_ts) OVER w AS before_ts,
           max(last_seq) OVER (w ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before_seq
    FROM runs WHERE device_id = %(device)s AND boot > %(no_boot)s
    WINDOW w AS (PARTITION BY boot ORDER BY first_seq)
), ended AS (
    SELECT DISTINCT ON (boot) boot, reach, last_ts FROM run ORDER BY boot, first_seq DESC
), boot AS (
    SELECT boot, first_ts, prev_boot, prev_seq, link_ts,
           lag(boot) OVER w AS boot_before, lag(last_ts) OVER w AS before_ts
    FROM boots WHERE device_id = %(device)s AND boot > %(no_boot)s WINDOW w AS (ORDER BY boot)
), found AS (
    SELECT CASE WHEN before_seq IS NULL THEN 'head' ELSE 'middle' END AS "where",
           run.boot, run.boot AS last_boot, coalesce(before_seq + 1, 0) AS first_seq,
           first_seq - 1 AS last_seq, coalesce(run.before_ts, boot.before_ts) AS since,
           run.first_ts AS until
    FROM run LEFT JOIN boot USING (boot) WHERE first_seq > coalesce(before_seq + 1, 0)
    UNION ALL
    SELECT 'tail', prev_boot, prev_boot, coalesce(reach + 1, 0), prev_seq,
           coalesce(ended.last_ts, boot.before_ts), link_ts
    FROM boot LEFT JOIN ended ON ended.boot = prev_boot
    WHERE prev_seq > coalesce(reach, -1)
    UNION ALL
    SELECT 'boots', boot_before + 1, last_missing, 0, NULL, before_ts, first_ts
    FROM (SELECT *, least(CASE WHEN prev_boot < boot THEN prev_boot END, boot) - 1 AS last_missing
          FROM boot) b
    WHERE last_missing > boot_before
)
SELECT count(*) OVER (), sum(last_seq::numeric - first_seq + 1) OVER (),
       sum(last_boot - boot + 1) FILTER (WHERE last_seq IS NULL) OVER (),
       "where", boot, last_boot, first_seq, last_seq, since, until
FROM found WHERE coalesce(since, until) < %(end)s AND until >= %(start)s
ORDER BY until DESC, boot DESC, first_seq DESC LIMIT %(most)s"""


def _lost(conn: Connection, device_id: int, window: Mapping[str, Any]) -> tuple[list[Lost], int, int, int]:
    """The newest ranges; and of all of them: how many they are, their numbers, their whole boots."""
    refused = deadletters.numbers_of(conn, device_id)
    # Ranges are cut at the numbers that came and were refused, which changes their number: all must be looked at then.
    most = None if refused else window["limit"]
    rows = conn.cursor(binary=True).execute(_LOST, {**window, "most": most}).fetchall()
    if not rows:
        return [], 0, 0, 0
    ranges, numbers, boots = (int(total or 0) for total in rows[0][:3])
    if not refused:
        return [Lost(*row[3:]) for row in rows], ranges, numbers, boots
    parts = [part for row in rows for part in without(Lost(*row[3:]), refused.get(row[4], ()))]
    numbers = sum(part.last_seq - part.first_seq + 1 for part in parts if part.last_seq is not None)
    return parts[: window["limit"]], len(parts), numbers, boots


def without(found: Lost, refused: Sequence[int]) -> Iterator[Lost]:
    """What is left of a range without the `refused` numbers, which rise; the last part first."""
    if found.last_seq is None:
        yield found
        return
    last = found.last_seq
    inside = refused[bisect_left(refused, found.first_seq) : bisect_right(refused, last)]
    for seq in reversed(inside):
        if seq < last:
            yield found._replace(first_seq=seq + 1, last_seq=last)
        last = seq - 1
    if found.first_seq <= last:
        yield found._replace(last_seq=last)


# A device that has never been heard is silent since it was registered.
_SILENCE = """
WITH span AS (
    SELECT since, until, max(until) OVER (
               ORDER BY since, until ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
    FROM heard WHERE device_id = %(device)s AND since < %(end)s AND until > %(start)s
), edge AS (
    SELECT greatest(%(start)s, coalesce((SELECT min(since) FROM heard WHERE device_id = %(device)s),
                    (SELECT created_at FROM devices WHERE device_id = %(device)s))) AS first,
           least(%(end)s, %(now)s) AS last
), pause AS (
    SELECT coalesce(before, '-infinity') AS since, since AS until FROM span
    UNION ALL
    SELECT coalesce(max(until), '-infinity'), 'infinity' FROM span
), cut AS (
    SELECT greatest(pause.since, edge.first) AS since, least(pause.until, edge.last) AS until,
           pause.until >= edge.last AS ongoing
    FROM pause CROSS JOIN edge
)
SELECT extract(epoch FROM greatest(edge.last - edge.first, interval '0'))::float8,
       since, until, ongoing, count(since) OVER (),
       coalesce(sum(extract(epoch FROM until - since)) OVER (), 0)::float8
FROM edge LEFT JOIN cut ON since < until ORDER BY since DESC LIMIT %(limit)s"""


def _silence(conn: Connection, window: Mapping[str, Any]) -> tuple[list[Silence], float, int, float]:
    """The silences, their length and number in all, and how long the device was watched, in seconds."""
    rows = conn.execute(_SILENCE, window).fetchall()
    watched_s, *_, count, silence_s = rows[0]
    return [Silence(*row[1:4]) for row in rows if count], silence_s, count, watched_s


_REBOOTS = """
SELECT boot, first_ts, last_ts, prev_boot, prev_seq,
       EXISTS (SELECT FROM runs r WHERE r.device_id = b.device_id AND r.boot = b.prev_boot
               AND b.prev_seq BETWEEN r.first_seq AND r.last_seq),
       seq_reused, count(*) OVER ()
FROM boots b
WHERE device_id = %(device)s AND boot > %(no_boot)s AND first_ts >= %(start)s AND first_ts < %(end)s
  AND (prev_boot IS NOT NULL
       OR boot > (SELECT min(boot) FROM boots WHERE device_id = %(device)s AND boot > %(no_boot)s))
ORDER BY first_ts DESC, boot DESC LIMIT %(limit)s"""


def _reboots(conn: Connection, window: Mapping[str, Any]) -> tuple[list[Reboot], int]:
    rows = conn.execute(_REBOOTS, window).fetchall()
    return [Reboot(*row[:-1]) for row in rows], rows[0][-1] if rows else 0


def _clock_count(conn: Connection, product: Product, window: Mapping[str, Any]) -> int:
    query = sql.SQL(
        """SELECT sum(n)::bigint FROM (
               SELECT count(*) AS n FROM {table} WHERE device_id = %(device)s
                   AND ts >= %(start)s AND ts < %(end)s AND quality & %(clock)s <> 0
               UNION ALL
               SELECT count(*) FROM events WHERE device_id = %(device)s
                   AND ts >= %(start)s AND ts < %(end)s AND quality & %(clock)s <> 0) counted"""
    ).format(table=sql.Identifier(product.table))
    row = conn.execute(query, {**window, "clock": int(Quality.CLOCK)}).fetchone()
    return row[0] if row else 0


def _seq_reused(conn: Connection, window: Mapping[str, Any]) -> int:
    row = conn.execute(
        """SELECT coalesce(sum(seq_reused), 0)::bigint FROM boots
           WHERE device_id = %(device)s AND first_ts < %(end)s AND last_ts >= %(start)s""",
        window,
    ).fetchone()
    return row[0] if row else 0


QUERIES = (_LOST, _SILENCE, _REBOOTS)
"""What reads a device's whole continuity: each must find its rows by index."""
