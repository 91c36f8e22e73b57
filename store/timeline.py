"""Everything that happened around a device in one list, newest first.

Five sources: its events; its connections as the platform saw them, by arrival, for a last will has
no time of the device's own; changes of firmware between connections; restarts; changes of owner.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final, Literal, NamedTuple, get_args

from psycopg import sql

from catalog.elements import Json
from store.database import Connection
from store.errors import InvalidValue, translated
from store.events import SEEN, Sight
from store.readings import checked_limit

Source = Literal["boot", "connection", "event", "firmware", "ownership"]
SOURCES: Final[tuple[str, ...]] = get_args(Source)


class Place(NamedTuple):
    """Where an entry stands: the order of the list, and the cursor into it."""

    at: datetime
    source: str
    major: int
    """boot, or the number of the ownership."""
    minor: int
    """seq, twice the connection (+1 when it ended), or whether an ownership began (0) or ended (1)."""


class Entry(NamedTuple):
    """One thing that happened."""

    at: datetime
    source: Source
    major: int
    minor: int
    kind: str
    """An event's kind; `connected` or `disconnected`; `restarted`; `firmware_changed`; `owner_began`
    or `owner_ended`."""
    detail: dict[str, Json]
    """An event's attributes (and `quality` when in doubt); `firmware`; `from` and `to`; `boot`,
    `prev_boot`, `prev_seq`; `customer`, `zone`."""

    @property
    def place(self) -> Place:
        """Where the next page begins if this entry ends one."""
        return Place(self.at, self.source, self.major, self.minor)


# One query a source, each of (at, source, major, minor, kind, detail). `{page}` keeps the rows that
# come after the cursor and takes one page of them, so each source reads its index and not more.
_QUERIES: Final[dict[str, sql.SQL]] = {
    "event": sql.SQL(
        """SELECT ts AS at, 'event' AS source, boot::bigint AS major, seq AS minor, kind,
                  attrs || CASE WHEN quality = 0 THEN '{{}}'::jsonb
                           ELSE jsonb_build_object('quality', quality) END AS detail
           FROM events WHERE device_id = %(device)s AND {seen}
             AND ts >= %(start)s AND ts <= %(latest)s AND ts < %(end)s"""
    ),
    "connection": sql.SQL(
        """SELECT arrived_at AS at, 'connection' AS source, boot::bigint AS major,
                  conn * 2 + (NOT online)::int AS minor,
                  CASE WHEN online THEN 'connected' ELSE 'disconnected' END AS kind,
                  jsonb_strip_nulls(jsonb_build_object('firmware', firmware)) AS detail
           FROM connections WHERE device_id = %(device)s
             AND arrived_at >= %(start)s AND arrived_at <= %(latest)s AND arrived_at < %(end)s"""
    ),
    # Compared with the connection before it in the device's own order, not in that of arrival.
    "firmware": sql.SQL(
        """SELECT arrived_at AS at, 'firmware' AS source, boot::bigint AS major, conn AS minor,
                  'firmware_changed' AS kind,
                  jsonb_build_object('from', before, 'to', firmware) AS detail
           FROM (SELECT *, lag(firmware) OVER (ORDER BY boot, conn) AS before FROM connections
                 WHERE device_id = %(device)s AND firmware IS NOT NULL AND online) named
           WHERE before <> firmware
             AND arrived_at >= %(start)s AND arrived_at <= %(latest)s AND arrived_at < %(end)s"""
    ),
    "boot": sql.SQL(
        """SELECT first_ts AS at, 'boot' AS source, boot::bigint AS major, 0::bigint AS minor,
                  'restarted' AS kind,
                  jsonb_strip_nulls(jsonb_build_object(
                      'boot', boot, 'prev_boot', prev_boot, 'prev_seq', prev_seq)) AS detail
           FROM boots WHERE device_id = %(device)s
             AND first_ts >= %(start)s AND first_ts <= %(latest)s AND first_ts < %(end)s"""
    ),
    "ownership": sql.SQL(
        """SELECT at, 'ownership' AS source, ownership_id AS major, minor, kind,
                  jsonb_build_object('customer', customer, 'zone', o.zone) AS detail
           FROM ownerships o JOIN customers USING (customer_id)
           CROSS JOIN LATERAL (VALUES (lower(during), 0::bigint, 'owner_began'),
                                      (upper(during), 1::bigint, 'owner_ended')) e(at, minor, kind)
           WHERE device_id = %(device)s
             AND at >= %(start)s AND at <= %(latest)s AND at < %(end)s"""
    ),
}

# The same order on every server, whatever its collation.
_ORDER = sql.SQL('ORDER BY at DESC, source COLLATE "C" DESC, major DESC, minor DESC LIMIT %(limit)s')
_PAGE = sql.SQL(
    """(SELECT * FROM ({query}) s
        WHERE (at, source COLLATE "C", major, minor) < (%(latest)s, %(source)s, %(major)s, %(minor)s)
        {order})"""
)


@translated()
def listing(
    conn: Connection,
    device_id: int,
    *,
    sources: Collection[str] = SOURCES,
    sight: Sight | None = None,
    start: datetime | None = None,
    end: datetime | None = None,
    after: Place | None = None,
    limit: int = 100,
) -> list[Entry]:
    """Entries of `[start, end)`, newest first, from the one after `after` on.

    `sight` None means that the reader sees events of every kind. The page's last `place` is the
    next one's `after`; a page shorter than `limit` is the last. Raises `InvalidValue` for an unknown
    source or a limit beyond 500.
    """
    unknown = sorted(set(sources) - set(SOURCES))
    if unknown:
        raise InvalidValue(f"source {unknown[0]!r} must be one of {', '.join(SOURCES)}")
    if not sources:
        return []
    seen = sql.SQL(SEEN if sight else "true")
    pages = [_PAGE.format(query=_QUERIES[source].format(seen=seen), order=_ORDER) for source in sorted(set(sources))]
    # Without a cursor the page begins beyond everything: '~' sorts after every source.
    latest: datetime | str = after.at if after else "infinity"
    rows = conn.execute(
        sql.SQL("SELECT * FROM ({}) page {}").format(sql.SQL(" UNION ALL ").join(pages), _ORDER),
        {
            "device": device_id,
            "start": start or "-infinity",
            "end": end or "infinity",
            "latest": latest,
            "source": after.source if after else "~",
            "major": after.major if after else 0,
            "minor": after.minor if after else 0,
            "limit": checked_limit(limit),
            **(sight.arguments() if sight else {}),
        },
    )
    return [Entry(*row) for row in rows]
