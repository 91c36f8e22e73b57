"""What a dispenser says of doses: every one that was taken or missed, and the spans it was heard in."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from catalog.model import Doses
from store.database import Connection
from store.errors import translated
from store.usage import Window


@dataclass(frozen=True, slots=True)
class Dosed:
    """An event about doses."""

    at: datetime
    taken: bool
    """Else it was missed."""
    count: int
    boot: int
    seq: int


@translated()
def of(conn: Connection, device_id: int, doses: Doses, window: Window) -> list[Dosed]:
    """The events of the window, oldest first."""
    rows = conn.execute(
        """SELECT ts, kind = %(taken)s,
                  CASE WHEN jsonb_typeof(attrs -> %(count)s::text) = 'number'
                       THEN least(greatest((attrs ->> %(count)s::text)::numeric, 0), 1000)::int ELSE 1 END, boot, seq
           FROM events
           WHERE device_id = %(device)s AND kind IN (%(taken)s, %(missed)s) AND ts >= %(since)s AND ts < %(until)s
           ORDER BY ts, boot, seq""",
        {
            "device": device_id, "taken": doses.taken, "missed": doses.missed, "count": doses.count,
            "since": window.since, "until": window.until,
        },
    )  # fmt: skip
    return [Dosed(*row) for row in rows]


@translated()
def heard(conn: Connection, device_ids: Collection[int], window: Window) -> list[Window]:
    """Spans of the window in which any of the devices was heard, merged, oldest first."""
    rows = conn.execute(
        """WITH span AS (
               SELECT greatest(since, %(since)s) AS since, least(until, %(until)s) AS until FROM heard
               WHERE device_id = ANY(%(devices)s) AND since < %(until)s AND until > %(since)s
           ), marked AS (
               SELECT *, since > coalesce(max(until) OVER (
                   ORDER BY since, until ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), '-infinity') AS begins
               FROM span
           ), grouped AS (SELECT *, count(*) FILTER (WHERE begins) OVER (ORDER BY since, until) AS g FROM marked)
           SELECT min(since), max(until) FROM grouped GROUP BY g ORDER BY 1""",
        {"devices": list(device_ids), "since": window.since, "until": window.until},
    )
    return [Window(*row) for row in rows]
