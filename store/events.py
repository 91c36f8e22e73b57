"""What happened to a device, newest first. Same identity and order as readings: (ts, boot, seq)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, LiteralString, NamedTuple

from psycopg import sql

from catalog.elements import Json
from store.database import Connection
from store.errors import translated
from store.readings import Position, checked_limit


class EventRow(NamedTuple):
    """One stored event."""

    ts: datetime
    boot: int
    seq: int
    lag_ms: int
    quality: int
    kind: str
    attrs: dict[str, Json]
    extra: dict[str, Json] | None

    @property
    def position(self) -> Position:
        """Where the next page begins if this event ends one."""
        return Position(self.ts, self.boot, self.seq)


@dataclass(frozen=True, slots=True)
class Sight:
    """Which events of a device a reader sees: the open kinds at any time, every kind within `spans`.

    Applied where rows are picked and not to what came of it: the cursor of a page tells the time of its last row.
    """

    kinds: Collection[str]
    spans: Sequence[tuple[datetime, datetime]] = ()
    """Each `[start, end)`."""

    def arguments(self) -> dict[str, object]:
        """What `SEEN` needs."""
        return {
            "open_kinds": sorted(self.kinds),
            "seen_from": [start for start, _ in self.spans],
            "seen_to": [end for _, end in self.spans],
        }


SEEN: Final = """(kind = ANY(%(open_kinds)s::text[]) OR EXISTS (
    SELECT FROM unnest(%(seen_from)s::timestamptz[], %(seen_to)s::timestamptz[]) seen(since, until)
    WHERE ts >= seen.since AND ts < seen.until))"""
"""SQL condition on a row of `events`, with the arguments of a `Sight`."""


@translated()
def listing(
    conn: Connection,
    device_id: int,
    *,
    kinds: Collection[str] | None = None,
    sight: Sight | None = None,
    start: datetime | None = None,
    end: datetime | None = None,
    after: Position | None = None,
    limit: int = 100,
) -> list[EventRow]:
    """Events of `[start, end)`, newest first, from the one after `after` on.

    `kinds` None means every kind, `sight` None that the reader sees all of them. The page's last
    `position` is the next one's `after`; a page shorter than `limit` is the last. Raises
    `InvalidValue` for a limit beyond 500.
    """
    conditions: list[LiteralString] = ["device_id = %(device)s"]
    if kinds is not None:
        conditions.append("kind = ANY(%(kinds)s)")
    if sight is not None:
        conditions.append(SEEN)
    if start is not None:
        conditions.append("ts >= %(start)s")
    if end is not None:
        conditions.append("ts < %(end)s")
    if after is not None:
        conditions.append("(ts, boot, seq) < (%(ts)s, %(boot)s, %(seq)s)")
    rows = conn.execute(
        sql.SQL(
            """SELECT ts, boot, seq, lag_ms, quality, kind, attrs, extra FROM events
               WHERE {} ORDER BY ts DESC, boot DESC, seq DESC LIMIT %(limit)s"""
        ).format(sql.SQL(" AND ").join(sql.SQL(each) for each in conditions)),
        {
            "device": device_id,
            "kinds": None if kinds is None else list(kinds),
            "start": start,
            "end": end,
            "limit": checked_limit(limit),
            **(after._asdict() if after else {}),
            **(sight.arguments() if sight else {}),
        },
    )
    return [EventRow(*row) for row in rows]
