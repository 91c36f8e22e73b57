"""Who saw and did what. Append-only: rows are written and read, never changed; retention drops
whole months.

Entries name the object and the customer by their public ids and carry no secret, no measured value
and no words of a customer's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from psycopg import sql
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from catalog.elements import Json
from store.database import Connection
from store.errors import translated

Outcome = Literal["allowed", "denied"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing done or refused."""

    actor: str
    """`user:<name>`, `device:<device>` or `system:<command>`."""
    action: str
    """`<object>.<verb>`, e.g. `device.register`, `usage.read`."""
    object_type: str
    object: str
    customer: str | None = None
    """The person whose data it was, when there is one."""
    roles: Sequence[str] = ()
    outcome: Outcome = "allowed"
    detail: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Record:
    """An entry as it is kept."""

    audit_id: int
    at: datetime
    actor: str
    roles: list[str]
    action: str
    object_type: str
    object: str
    customer: str | None
    outcome: Outcome
    detail: dict[str, Json]


_INSERT = """INSERT INTO audit
    (actor, roles, action, object_type, object, customer, outcome, detail)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s)"""


def _row(entry: Entry) -> tuple[Any, ...]:
    return (
        entry.actor,
        list(entry.roles),
        entry.action,
        entry.object_type,
        entry.object,
        entry.customer,
        entry.outcome,
        Jsonb(dict(entry.detail)),
    )


@translated()
def write(conn: Connection, entry: Entry) -> None:
    """Keep `entry`, in the caller's transaction: what is rolled back was not done and is not
    in the log.
    """
    conn.execute(_INSERT, _row(entry))


@translated()
def listing(
    conn: Connection,
    *,
    actor: str | None = None,
    customer: str | None = None,
    action: str | None = None,
    object_type: str | None = None,
    object_id: str | None = None,
    outcome: Outcome | None = None,
    start: datetime | None = None,
    end: datetime | None = None,
    after: tuple[datetime, int] | None = None,
    limit: int = 100,
) -> list[Record]:
    """Entries of `[start, end)` that match every filter given, newest first, at most `limit`.

    `after` is `(at, audit_id)` of the last entry of the page before.
    """
    conditions: list[sql.Composable] = [sql.SQL("true")]
    values: dict[str, Any] = {"limit": limit}
    equal = {
        "actor": actor,
        "customer": customer,
        "action": action,
        "object_type": object_type,
        "object": object_id,
        "outcome": outcome,
    }
    for column, wanted in equal.items():
        if wanted is not None:
            conditions.append(sql.SQL("{} = {}").format(sql.Identifier(column), sql.Placeholder(column)))
            values[column] = wanted
    if start is not None:
        conditions.append(sql.SQL("at >= %(start)s"))
        values["start"] = start
    if end is not None:
        conditions.append(sql.SQL("at < %(end)s"))
        values["end"] = end
    if after is not None:
        conditions.append(sql.SQL("(at, audit_id) < (%(after_at)s, %(after_id)s)"))
        values["after_at"], values["after_id"] = after
    query = sql.SQL(
        """SELECT audit_id, at, actor, roles, action, object_type, object, customer, outcome, detail
           FROM audit WHERE {conditions} ORDER BY at DESC, audit_id DESC LIMIT %(limit)s"""
    ).format(conditions=sql.SQL(" AND ").join(conditions))
    with conn.cursor(row_factory=class_row(Record)) as cursor:
        return cursor.execute(query, values).fetchall()


@translated()
def write_all(conn: Connection, entries: Iterable[Entry]) -> None:
    """Keep many entries at once, as `write` does."""
    conn.cursor().executemany(_INSERT, [_row(entry) for entry in entries])
