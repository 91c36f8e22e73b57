"""What happened to a device, newest first. Same identity and order as readings: (ts, boot, seq)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

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


@translated()
def listing(
    conn: Connection,
    device_id: int,
    *,
    kinds: Collection[str] | None = None,
    exclude_kinds: Collection[str] = (),
    start: datetime | None = None,
    end: datetime | None = None,
    after: Position | None = None,
    limit: int = 100,
) -> list[EventRow]:
    """Events of `[start, end)`, newest first, from the one after `after` on.

    `kinds` None means every kind; `exclude_kinds` wins over it, and is how kinds that the reader may
    not see stay out of pages and cursors alike. The page's last `position` is the next one's `after`;
    a page shorter than `limit` is the last. Raises `InvalidValue` for a limit beyond 500.
    """
    wanted = None if kinds is None else sorted(set(kinds) - set(exclude_kinds))
    conditions = ["device_id = %(device)s"]
    if wanted is not None:
        conditions.append("kind = ANY(%(kinds)s)")
    elif exclude_kinds:
        conditions.append("kind <> ALL(%(excluded)s)")
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
            "kinds": wanted,
            "excluded": sorted(exclude_kinds),
            "start": start,
            "end": end,
            "limit": checked_limit(limit),
            **(after._asdict() if after else {}),
        },
    )
    return [EventRow(*row) for row in rows]
