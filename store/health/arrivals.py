"""What arrived last, and how long it took from being measured to being here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import class_row

from store.database import Connection
from store.errors import translated


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Of the devices heard last, each by the newest it measured. None: nothing ever came."""

    last_at: datetime | None
    devices: int
    """How many were looked at."""
    median_lag_s: float | None
    """From the device's time to arrival; below zero where a device's clock is ahead."""
    worst_lag_s: float | None
    """Of all but the slowest hundredth."""


def newest(conn: Connection, devices: int) -> Arrivals:
    """Look at the `devices` heard last."""
    with translated(), conn.cursor(row_factory=class_row(Arrivals)) as cursor:
        found = cursor.execute(
            """SELECT max(updated_at) AS last_at, count(*)::int AS devices,
                      percentile_disc(0.5) WITHIN GROUP (ORDER BY lag_s) AS median_lag_s,
                      percentile_disc(0.99) WITHIN GROUP (ORDER BY lag_s) AS worst_lag_s
               FROM (SELECT updated_at, extract(epoch FROM updated_at - ts)::float8 AS lag_s
                     FROM latest ORDER BY updated_at DESC LIMIT %s) l""",
            (devices,),
        ).fetchone()
    assert found is not None  # an aggregate always has a row
    return found
