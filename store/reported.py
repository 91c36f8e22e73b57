"""What a device last said of itself: its reported state, whether it was online, its firmware."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import class_row

from catalog.elements import Json
from store.database import Connection
from store.errors import translated


@dataclass(frozen=True, slots=True)
class Reported:
    """The newest state by (boot, conn), offline after online of the same connection."""

    online: bool
    boot: int
    conn: int
    ts: datetime | None
    """By the device's own clock; None when it never gave one."""
    arrived_at: datetime
    firmware: str | None
    desired_version: int | None
    values: dict[str, Json]


@translated()
def of(conn: Connection, device_id: int) -> Reported | None:
    """What the device last reported; None when it never did."""
    with conn.cursor(row_factory=class_row(Reported)) as cursor:
        return cursor.execute(
            """SELECT online, boot, conn, ts, arrived_at, firmware, desired_version, "values"
               FROM device_state WHERE device_id = %s""",
            (device_id,),
        ).fetchone()
