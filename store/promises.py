"""What a customer was promised, by when, and whether it was kept."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import class_row

from store.database import Connection
from store.errors import Conflict, NotFound, translated

MAX_WHAT = 500
"""Characters of what is promised."""


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise as it stands. Kept late it is both broken and kept."""

    promise_id: int
    case_id: int
    what: str
    private: bool
    """Its words are for the care team alone."""
    due_at: datetime
    made_at: datetime
    made_by: str
    kept_at: datetime | None
    kept_by: str | None
    broken_at: datetime | None


@translated()
def make(
    conn: Connection, case_id: int, what: str, due_at: datetime, *, by: str, now: datetime, private: bool
) -> Promise:
    """Promise something until `due_at`."""
    with conn.cursor(row_factory=class_row(Promise)) as cursor:
        made = cursor.execute(
            """INSERT INTO promises (case_id, what, private, due_at, made_at, made_by)
               VALUES (%s, %s, %s, %s, %s, %s) RETURNING *""",
            (case_id, what, private, due_at, now, by),
        ).fetchone()
    assert made is not None
    return made


@translated()
def keep(conn: Connection, case_id: int, promise_id: int, *, by: str, now: datetime) -> Promise:
    """The promise is kept now; later than it was due, it is broken too. Raises `NotFound`, `Conflict` when it was."""
    with conn.cursor(row_factory=class_row(Promise)) as cursor:
        kept = cursor.execute(
            """UPDATE promises SET kept_at = %(now)s, kept_by = %(by)s,
                      broken_at = coalesce(broken_at, CASE WHEN due_at < %(now)s THEN due_at END)
               WHERE case_id = %(case)s AND promise_id = %(id)s AND kept_at IS NULL RETURNING *""",
            {"now": now, "by": by, "case": case_id, "id": promise_id},
        ).fetchone()
    if kept is not None:
        return kept
    if any(one.promise_id == promise_id for one in of(conn, [case_id])):
        raise Conflict(f"promise {promise_id} of case {case_id} is kept already")
    raise NotFound(f"case {case_id} has no promise {promise_id}")


@translated()
def of(conn: Connection, case_ids: Collection[int]) -> list[Promise]:
    """All promises of the cases, oldest first."""
    with conn.cursor(row_factory=class_row(Promise)) as cursor:
        return cursor.execute(
            "SELECT * FROM promises WHERE case_id = ANY(%s) ORDER BY promise_id", (list(case_ids),)
        ).fetchall()


@translated()
def break_due(conn: Connection, now: datetime) -> int:
    """Those that were due and are not kept are broken, since they were due; returns how many are now."""
    return conn.execute(
        "UPDATE promises SET broken_at = due_at WHERE kept_at IS NULL AND broken_at IS NULL AND due_at < %s", (now,)
    ).rowcount
