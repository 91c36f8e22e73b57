"""How cases were closed, and the watch over each afterwards. A case has one open watch at most."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from catalog.elements import Json
from store.database import Connection
from store.errors import translated

Fix: TypeAlias = Literal["command", "firmware", "visit", "advice"]
MAX_CAUSE, MAX_NOTE = 500, 2_000
"""Characters."""

_SELECT = """SELECT closing_id, case_id, closed_at, closed_by, cause, fix, note, private, faults, before, after,
                    watch_until, ended_at, came_back FROM closings"""


@dataclass(frozen=True, slots=True)
class Closing:
    """A closing, and what its watch saw."""

    closing_id: int
    case_id: int
    closed_at: datetime
    closed_by: str
    cause: str
    fix: Fix
    note: str | None
    private: bool
    """Cause and note are for the care team alone."""
    faults: list[str]
    """Of the product, watched for."""
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    watch_until: datetime
    ended_at: datetime | None
    """When the watch ended."""
    came_back: Mapping[str, Any] | None
    """What did; None while it is watched, and when nothing did."""


@translated()
def add(
    conn: Connection,
    case_id: int,
    *,
    closed_at: datetime,
    closed_by: str,
    cause: str,
    fix: Fix,
    note: str | None,
    private: bool,
    faults: Sequence[str],
    before: Mapping[str, Json] | None,
    watch_until: datetime,
) -> None:
    """Write a closing down; its watch begins. Raises `Conflict` while another watch of the case is open."""
    conn.execute(
        """INSERT INTO closings (case_id, closed_at, closed_by, cause, fix, note, private, faults, before, watch_until)
           VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)""",
        (
            case_id, closed_at, closed_by, cause, fix, note, private, list(faults),
            None if before is None else Jsonb(dict(before)), watch_until,
        ),
    )  # fmt: skip


@translated()
def of(conn: Connection, case_ids: Collection[int]) -> list[Closing]:
    """All closings of the cases, oldest first."""
    with conn.cursor(row_factory=class_row(Closing)) as cursor:
        return cursor.execute(
            f"{_SELECT} WHERE case_id = ANY(%s) ORDER BY closing_id",
            (list(case_ids),),
        ).fetchall()


@translated()
def watched(conn: Connection, *, after: int = 0, limit: int = 500) -> list[Closing]:
    """Closings whose watch is open, in order of id, behind `after`."""
    with conn.cursor(row_factory=class_row(Closing)) as cursor:
        return cursor.execute(
            f"{_SELECT} WHERE ended_at IS NULL AND closing_id > %s ORDER BY closing_id LIMIT %s",
            (after, limit),
        ).fetchall()


@translated()
def watched_of(conn: Connection, customer_id: int, device_id: int | None) -> list[Closing]:
    """Open watches over cases of the customer about that unit, or about none, newest first."""
    with conn.cursor(row_factory=class_row(Closing)) as cursor:
        return cursor.execute(
            f"""{_SELECT} JOIN cases USING (case_id) WHERE ended_at IS NULL AND state = 'solved'
                AND customer_id = %s AND device_id IS NOT DISTINCT FROM %s ORDER BY closing_id DESC""",
            (customer_id, device_id),
        ).fetchall()


@translated()
def saw(conn: Connection, closing_id: int, after: Mapping[str, Json]) -> None:
    """Keep the figures since the closing."""
    conn.execute("UPDATE closings SET after = %s WHERE closing_id = %s", (Jsonb(dict(after)), closing_id))


@translated()
def end(conn: Connection, closing_id: int, at: datetime, came_back: Mapping[str, Json] | None) -> bool:
    """End the watch, once; returns whether it was open until now."""
    return (
        conn.execute(
            "UPDATE closings SET ended_at = %s, came_back = %s WHERE closing_id = %s AND ended_at IS NULL",
            (at, None if came_back is None else Jsonb(dict(came_back)), closing_id),
        ).rowcount
        == 1
    )
