"""Everything a customer said and what was done about it, to be handed out whole or erased."""

from __future__ import annotations

from typing import Any, Final

from psycopg import sql
from psycopg.rows import dict_row

from store.database import Connection
from store.errors import translated

_OF_STATEMENTS: Final = "statement_id IN (SELECT statement_id FROM statements WHERE customer_id = %(customer)s)"
_OF_CASES: Final = "case_id IN (SELECT case_id FROM cases WHERE customer_id = %(customer)s)"

# In the order in which they may be deleted.
TABLES: Final = {
    "verdicts": _OF_STATEMENTS,
    "claims": _OF_STATEMENTS,
    "statements": "customer_id = %(customer)s",
    "promises": _OF_CASES,
    "closings": _OF_CASES,
    "case_steps": _OF_CASES,
    "cases": "customer_id = %(customer)s",
}
"""The tables that hold it, and which of their rows are a customer's."""


@translated()
def export(conn: Connection, customer_id: int) -> dict[str, list[dict[str, Any]]]:
    """Every row of the customer's by table, oldest first, by the names of its columns."""
    found = {}
    with conn.cursor(row_factory=dict_row) as cursor:
        for table, whose in TABLES.items():
            query = sql.SQL("SELECT * FROM {table} WHERE {whose} ORDER BY 1, 2").format(
                table=sql.Identifier(table), whose=sql.SQL(whose)
            )
            found[table] = cursor.execute(query, {"customer": customer_id}).fetchall()
    return found


@translated()
def erase(conn: Connection, customer_id: int) -> dict[str, int]:
    """Delete every row of the customer's; returns how many of each table. Answers kept for an `Idempotency-Key` go
    within 24 hours by themselves."""
    gone = {}
    for table, whose in TABLES.items():
        query = sql.SQL("DELETE FROM {table} WHERE {whose}").format(table=sql.Identifier(table), whose=sql.SQL(whose))
        gone[table] = conn.execute(query, {"customer": customer_id}).rowcount
    return gone
