"""A statement that is another matter is given a case of its own, after it joined one."""

from __future__ import annotations

from datetime import datetime

from store import cases, statements
from store.database import Connection
from store.errors import Conflict
from store.statements import Statement


def split(conn: Connection, statement: Statement, *, by: str, now: datetime) -> int:
    """Open a case for the statement alone, as if it had been split off when it was written down; returns its id.

    What was promised and found stays with the case it leaves. Raises `NotFound`, `Conflict` when it is all that its
    case has, or somebody else has split it off meanwhile.
    """
    case = cases.locked(conn, statement.case_id)
    there = {one.statement_id for one in statements.listing(conn, case_ids=[case.case_id], limit=500)}
    if statement.statement_id not in there:
        raise Conflict(f"statement {statement.statement_id} belongs to another case by now; read it again")
    if len(there) == 1:
        raise Conflict(f"statement {statement.statement_id} is all that case {case.case_id} has; it is its own already")
    begun = cases.begin(
        conn, case.customer_id, case.device_id, opened_at=statement.said_at, by=by, now=now,
        detail={"split_from": case.case_id},
    )  # fmt: skip
    statements.move(conn, statement.statement_id, begun)
    return begun
