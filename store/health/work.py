"""Work that waits: rollups behind, and dead letters of late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import class_row

from store.database import Connection
from store.errors import translated

_HOUR_S = 3_600


@dataclass(frozen=True, slots=True)
class Behind:
    """Rollups that do not say what the raw rows say, for long."""

    devices: int
    oldest: datetime | None


def rollups_behind(conn: Connection, hours: int) -> Behind:
    """Devices with an hour marked as stale that ended more than `hours` ago."""
    with translated(), conn.cursor(row_factory=class_row(Behind)) as cursor:
        found = cursor.execute(
            """SELECT count(*)::int AS devices, to_timestamp(min(lower(dirty))::float8 * %(hour)s) AS oldest FROM latest
               WHERE lower(dirty) < extract(epoch FROM now())::float8 / %(hour)s - %(hours)s""",
            {"hour": _HOUR_S, "hours": hours + 1},
        ).fetchone()
    assert found is not None  # an aggregate always has a row
    return found


@dataclass(frozen=True, slots=True)
class Refused:
    """Elements refused for one reason."""

    reason: str
    last_day: int
    """Different elements last met in the past 24 hours; one that comes again and again is one."""
    day_before: int


def refused_of_late(conn: Connection) -> list[Refused]:
    """By reason, most in the past 24 hours first."""
    with translated(), conn.cursor(row_factory=class_row(Refused)) as cursor:
        return cursor.execute(
            """SELECT reason, (count(*) FILTER (WHERE last_at > now() - interval '1 day'))::int AS last_day,
                      (count(*) FILTER (WHERE last_at <= now() - interval '1 day'))::int AS day_before
               FROM dead_letters WHERE last_at > now() - interval '2 days'
               GROUP BY reason ORDER BY 2 DESC, 1"""
        ).fetchall()
