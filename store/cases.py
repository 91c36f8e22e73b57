"""Cases: what one customer has at heart about one unit, or about none, over all channels until it is solved."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from psycopg import sql
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from catalog.elements import Json
from store.database import Connection
from store.errors import NotFound, translated

State: TypeAlias = Literal["open", "waiting", "solved", "reopened"]
Kind: TypeAlias = Literal["opened", "answered", "closed", "reopened", "held"]

Due: TypeAlias = Literal["open", "overdue"]

_LOCK = 0x63617365
"""First half of the advisory lock of whoever opens or changes cases of a customer ("case")."""

_COLUMNS = sql.SQL(
    """k.case_id, k.customer_id, c.customer, c.name, k.device_id, d.device, d.product, k.state, k.opened_at,
       k.changed_at"""
)
_FROM = sql.SQL("FROM cases k JOIN customers c USING (customer_id) LEFT JOIN devices d ON d.device_id = k.device_id")

_PROMISED: Mapping[Due, sql.SQL] = {
    "open": sql.SQL(
        """EXISTS (SELECT FROM promises p
                   WHERE p.case_id = k.case_id AND p.kept_at IS NULL AND p.due_at >= %(now)s::timestamptz)"""
    ),
    "overdue": sql.SQL(
        """EXISTS (SELECT FROM promises p
                   WHERE p.case_id = k.case_id AND p.kept_at IS NULL AND p.due_at < %(now)s::timestamptz)"""
    ),
}
_WORKED_ON = sql.SQL(
    """(EXISTS (SELECT FROM case_steps t WHERE t.case_id = k.case_id AND t.by = %(actor)s)
        OR EXISTS (SELECT FROM promises p WHERE p.case_id = k.case_id AND %(actor)s IN (p.made_by, p.kept_by))
        OR EXISTS (SELECT FROM statements s WHERE s.case_id = k.case_id AND s.author = %(actor)s))"""
)


@dataclass(frozen=True, slots=True)
class Case:
    """A case as it stands."""

    case_id: int
    customer_id: int
    customer: str
    name: str
    """The customer's."""
    device_id: int | None
    device: str | None
    product: str | None
    state: State
    opened_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Step:
    """Something that was done to a case."""

    at: datetime
    kind: Kind
    by: str
    detail: Mapping[str, Json]


@translated()
def take_turns(conn: Connection, customer_id: int) -> None:
    """Wait for whoever opens or changes a case of this customer; others wait until this transaction ends."""
    conn.execute("SELECT pg_advisory_xact_lock(%s, %s)", (_LOCK, customer_id))


@translated()
def open_for(conn: Connection, customer_id: int, device_id: int | None) -> int | None:
    """The newest case of the customer about that unit, or about none, that is not solved."""
    row = conn.execute(
        """SELECT max(case_id) FROM cases
           WHERE customer_id = %s AND device_id IS NOT DISTINCT FROM %s AND state <> 'solved'""",
        (customer_id, device_id),
    ).fetchone()
    return None if row is None or row[0] is None else int(row[0])


@translated()
def begin(
    conn: Connection,
    customer_id: int,
    device_id: int | None,
    *,
    opened_at: datetime,
    by: str,
    now: datetime,
    detail: Mapping[str, Json] | None = None,
) -> int:
    """Open a case; returns its id. `detail` says of its first step where it comes from."""
    row = conn.execute(
        "INSERT INTO cases (customer_id, device_id, opened_at, changed_at) VALUES (%s, %s, %s, %s) RETURNING case_id",
        (customer_id, device_id, opened_at, now),
    ).fetchone()
    assert row is not None
    case_id = int(row[0])
    note(conn, case_id, "opened", by=by, at=now, detail=detail)
    return case_id


@translated()
def note(
    conn: Connection, case_id: int, kind: Kind, *, by: str, at: datetime, detail: Mapping[str, Json] | None = None
) -> None:
    """Write down what was done. `detail` holds codes and times, nobody's words."""
    conn.execute(
        "INSERT INTO case_steps (case_id, at, kind, by, detail) VALUES (%s, %s, %s, %s, %s)",
        (case_id, at, kind, by, Jsonb(dict(detail or {}))),
    )


@translated()
def set_state(conn: Connection, case_id: int, state: State, now: datetime) -> None:
    """Have the case in `state`."""
    conn.execute("UPDATE cases SET state = %s, changed_at = %s WHERE case_id = %s", (state, now, case_id))


@translated()
def get(conn: Connection, case_id: int) -> Case:
    """Raises `NotFound`."""
    found = _rows(conn, sql.SQL("k.case_id = %(id)s"), {"id": case_id})
    if not found:
        raise NotFound(f"there is no case {case_id}")
    return found[0]


def locked(conn: Connection, case_id: int) -> Case:
    """The case, once nobody else changes it; others wait until this transaction ends. Raises `NotFound`."""
    take_turns(conn, get(conn, case_id).customer_id)
    return get(conn, case_id)


@translated()
def steps(conn: Connection, case_id: int) -> list[Step]:
    """What was done to the case, oldest first."""
    with conn.cursor(row_factory=class_row(Step)) as cursor:
        return cursor.execute(
            "SELECT at, kind, by, detail FROM case_steps WHERE case_id = %s ORDER BY step_id", (case_id,)
        ).fetchall()


@translated()
def listing(
    conn: Connection,
    *,
    states: Collection[State] | None = None,
    customer: str | None = None,
    device: str | None = None,
    customer_ids: Collection[int] | None = None,
    promise: Due | None = None,
    channel: str | None = None,
    worked_on_by: str | None = None,
    now: datetime | None = None,
    before: int | None = None,
    limit: int = 100,
) -> list[Case]:
    """Cases that match everything given, newest first, at most `limit`; `before` is the last id of the page before.

    `customer_ids` None means anybody's. `promise`: with one that is not kept, whose time has come (overdue) by `now`
    or is to come; `channel`: with a statement that came by it; `worked_on_by`: with something that this actor did,
    promised or wrote down.
    """
    wanted = [sql.SQL("true")]
    if states is not None:
        wanted.append(sql.SQL("k.state = ANY(%(states)s)"))
    if customer is not None:
        wanted.append(sql.SQL("k.customer_id = (SELECT customer_id FROM customers WHERE customer = %(customer)s)"))
    if device is not None:
        wanted.append(sql.SQL("k.device_id = (SELECT device_id FROM devices WHERE device = %(device)s)"))
    if customer_ids is not None:
        wanted.append(sql.SQL("k.customer_id = ANY(%(customers)s)"))
    if promise is not None:
        wanted.append(_PROMISED[promise])
    if channel is not None:
        wanted.append(
            sql.SQL("EXISTS (SELECT FROM statements s WHERE s.case_id = k.case_id AND s.channel = %(channel)s)")
        )
    if worked_on_by is not None:
        wanted.append(_WORKED_ON)
    if before is not None:
        wanted.append(sql.SQL("k.case_id < %(before)s"))
    condition = sql.SQL("{} ORDER BY k.case_id DESC LIMIT %(limit)s").format(sql.SQL(" AND ").join(wanted))
    return _rows(
        conn,
        condition,
        {
            "states": None if states is None else list(states),
            "customer": customer,
            "device": device,
            "customers": None if customer_ids is None else list(customer_ids),
            "channel": channel,
            "actor": worked_on_by,
            "now": now,
            "before": before,
            "limit": limit,
        },
    )


def _rows(conn: Connection, condition: sql.Composable, arguments: Mapping[str, object]) -> list[Case]:
    query = sql.SQL("SELECT {columns} {source} WHERE {condition}")
    with conn.cursor(row_factory=class_row(Case)) as cursor:
        return cursor.execute(query.format(columns=_COLUMNS, source=_FROM, condition=condition), arguments).fetchall()
