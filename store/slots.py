"""Subscription slots of ingest workers (DESIGN decision 6).

A slot is held by a session-level advisory lock: it is free the moment its holder's connection dies, whatever happened
to the holder. The table only tells people who holds which.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import class_row

from store.database import Connection
from store.errors import translated

LOCK_CLASS = 0x766F70
"""First key of the advisory locks ("vop"); the second is the slot."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One slot as people see it."""

    slot: int
    worker: str | None
    held_since: datetime | None
    seen_at: datetime
    drained_at: datetime | None
    held: bool
    """Whether somebody holds the lock at this moment."""
    hearing_since: datetime | None = None
    """Since when, by the holder's word, what devices send reaches the database at once; None: it does not."""


def acquire(conn: Connection, count: int, worker: str, *, only: int | None = None, new: bool = True) -> int | None:
    """Take the lowest free slot below `count` (or slot `only`) for as long as `conn` lives; None when there is none.

    A slot that was drained is out of use until asked for by `only`, or until there is no other. Without `new` only
    slots are taken that were held before and are not drained: their sessions go on queueing messages, held or not.
    """
    with translated(), conn.transaction():
        used = dict(conn.execute("SELECT slot, drained_at IS NOT NULL FROM ingest_slots ORDER BY slot").fetchall())
        left = [slot for slot, drained in used.items() if not drained and slot < count]
        fresh = [slot for slot in range(count) if slot not in left]
        candidates = [only] if only is not None else left + (fresh if new else [])
        for slot in candidates:
            row = conn.execute("SELECT pg_try_advisory_lock(%s, %s)", (LOCK_CLASS, slot)).fetchone()
            if row == (True,):
                conn.execute(
                    """INSERT INTO ingest_slots (slot, worker, held_since) VALUES (%s, %s, now())
                       ON CONFLICT (slot) DO UPDATE SET worker = EXCLUDED.worker, held_since = now(), seen_at = now(),
                           drained_at = NULL, hearing_since = NULL""",
                    (slot, worker),
                )
                return slot
    return None


def beat(conn: Connection, slot: int, *, hearing: bool = True) -> None:
    """Tell that the holder of `slot` is alive, and whether what devices send now reaches the database at once."""
    with translated(), conn.transaction():
        conn.execute(
            """UPDATE ingest_slots SET seen_at = now(),
                   hearing_since = CASE WHEN %s THEN coalesce(hearing_since, now()) END WHERE slot = %s""",
            (hearing, slot),
        )


def release(conn: Connection, slot: int, *, drained: bool = False) -> None:
    """Give `slot` up; `drained` means that its subscription is gone too and nothing waits in it."""
    with translated(), conn.transaction():
        conn.execute(
            """UPDATE ingest_slots SET worker = NULL, held_since = NULL, seen_at = now(), hearing_since = NULL,
                   drained_at = CASE WHEN %s THEN now() END WHERE slot = %s""",
            (drained, slot),
        )
        conn.execute("SELECT pg_advisory_unlock(%s, %s)", (LOCK_CLASS, slot))


def listing(conn: Connection) -> list[Slot]:
    """All slots ever used, in order."""
    with translated(), conn.cursor(row_factory=class_row(Slot)) as cursor:
        return cursor.execute(
            """SELECT s.slot, s.worker, s.held_since, s.seen_at, s.drained_at, l.pid IS NOT NULL AS held,
                      s.hearing_since
               FROM ingest_slots s LEFT JOIN pg_locks l ON l.locktype = 'advisory' AND l.classid = %s::int::oid
                    AND l.objid = s.slot::oid AND l.objsubid = 2 AND l.granted
                    AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
               ORDER BY s.slot""",
            (LOCK_CLASS,),
        ).fetchall()
