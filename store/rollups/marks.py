"""Which hours of a device no longer are what their rollup says: marks in `latest`, set under its row's lock.

Who stores, changes or removes a raw row marks its hour in the same transaction. So whoever sees the row sees the
mark, and whoever reads an hour that is not marked may take its rollup for the rows.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Collection
from datetime import datetime

from psycopg.errors import DeadlockDetected

from store.database import Connection
from store.errors import InvalidValue, NotFound, Retry, translated
from store.rollups.hours import Hours, hour_end, hour_of

log = logging.getLogger(__name__)

ERASE_TRIES = 6
BACKOFF_S = 0.02
MAX_MARK_BYTES = 1_000
"""Of one device; about 100 spans. Beyond it marks become one span: rolling more than needed does no harm."""

# Of a row aliased l, with new marks in the text column u.m.
GROWN = f"""CASE WHEN u.m IS NULL THEN l.dirty
                 WHEN pg_column_size(l.dirty) > {MAX_MARK_BYTES}
                 THEN int4multirange(range_merge(l.dirty + u.m::int4multirange))
                 ELSE l.dirty + u.m::int4multirange END"""

_MARK = f"UPDATE latest l SET dirty = {GROWN} FROM (SELECT %s::int AS d, %s::text AS m) u WHERE l.device_id = u.d"  # noqa: S608


@translated()
def mark(conn: Connection, device_id: int, since: datetime, until: datetime) -> None:
    """Note that raw readings of a device in `[since, until)` were stored, changed or removed, and not by the intake.

    Call it in the transaction that does so, after it has. Raises `NotFound` for a device that was never heard.
    """
    if since >= until:
        raise InvalidValue(f"the span ends ({until.isoformat()}) before it begins")
    marked = Hours.of([(hour_of(since), hour_end(until))]).literal()
    done = conn.execute(_MARK, (device_id, marked))
    if not done.rowcount:
        raise NotFound(f"device {device_id} was never heard, so it has nothing to be rolled up")


def erase(conn: Connection, device_ids: Collection[int]) -> int:
    """Remove all rollups of devices whose raw readings the same transaction removes; returns how many rows went.

    Call it in that transaction, after they are removed. A roller that was just making rows of them loses against this,
    and undoes its step; where the two hold what the other needs, this lets the roller go first and tries again. Raises
    `Retry` when that does not help, or the transaction's snapshot is too old: then it has to be run as a whole.
    """
    ids = sorted(device_ids)
    for attempt in range(1, ERASE_TRIES + 1):
        try:
            # A savepoint: what it had locked is let go of, and the transaction lives on.
            with translated(), conn.transaction():
                return _erase(conn, ids)
        except Retry as error:
            if attempt == ERASE_TRIES or not isinstance(error.__cause__, DeadlockDetected):
                raise
            log.info("erasing the rollups of %d devices lost against another transaction: %s", len(ids), error)
            time.sleep(random.uniform(0.5, 1.5) * BACKOFF_S * 2**attempt)  # noqa: S311 - jitter
    raise AssertionError("the last attempt returns or raises")


def _erase(conn: Connection, ids: list[int]) -> int:
    conn.execute("SELECT 1 FROM latest WHERE device_id = ANY(%s) ORDER BY device_id FOR UPDATE", (ids,))
    conn.execute("UPDATE latest SET dirty = '{}', rolling = '{}' WHERE device_id = ANY(%s)", (ids,))
    return conn.execute("DELETE FROM rollups WHERE device_id = ANY(%s)", (ids,)).rowcount
