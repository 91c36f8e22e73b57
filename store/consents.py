"""What a customer agreed to, purpose by purpose, and when. A withdrawal ends a consent; it does not
erase that it was.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import class_row

from store.database import Connection
from store.errors import InvalidValue, NotFound, translated

_PURPOSE = re.compile(r"[a-z][a-z0-9_]{0,47}")


@dataclass(frozen=True, slots=True)
class Consent:
    """Consent to one purpose over `[since, until)`; `until` is None while it holds."""

    purpose: str
    since: datetime
    until: datetime | None


@translated()
def listing(conn: Connection, customer_id: int) -> list[Consent]:
    """All consents of a customer, ended ones too, by purpose, oldest first."""
    with conn.cursor(row_factory=class_row(Consent)) as cursor:
        return cursor.execute(
            """SELECT purpose, lower(during) AS since, upper(during) AS until FROM consents
               WHERE customer_id = %s ORDER BY purpose, during""",
            (customer_id,),
        ).fetchall()


@translated()
def given(conn: Connection, customer_id: int, purpose: str, at: datetime) -> bool:
    """Whether the customer's consent to `purpose` was in force at `at`."""
    row = conn.execute(
        """SELECT 1 FROM consents
           WHERE customer_id = %s AND purpose = %s AND during @> %s::timestamptz""",
        (customer_id, purpose, at),
    ).fetchone()
    return row is not None


@translated()
def give(conn: Connection, customer_id: int, purpose: str, *, at: datetime) -> None:
    """Consent to `purpose` from `at` on; nothing changes where it is in force then.

    Raises `NotFound` for an unknown customer, `InvalidValue` for the form of `purpose`, `Conflict`
    when a later consent to it is on record.
    """
    if not _PURPOSE.fullmatch(purpose):
        raise InvalidValue(f"purpose {purpose!r} must be a word like compare_usage: a-z, 0-9 and _, at most 48")
    # Two requests at once take turns on the customer's row: the second finds what the first did.
    known = conn.execute("SELECT 1 FROM customers WHERE customer_id = %s FOR UPDATE", (customer_id,)).fetchone()
    if known is None:
        raise NotFound(f"there is no customer with id {customer_id}")
    if not given(conn, customer_id, purpose, at):
        conn.execute(
            """INSERT INTO consents (customer_id, purpose, during)
               VALUES (%s, %s, tstzrange(%s, NULL))""",
            (customer_id, purpose, at),
        )


@translated()
def withdraw(conn: Connection, customer_id: int, purpose: str, *, at: datetime) -> bool:
    """End the consent to `purpose` at `at`; return whether there was one to end."""
    ended = conn.execute(
        """UPDATE consents SET during = tstzrange(lower(during), %s)
           WHERE customer_id = %s AND purpose = %s AND during @> %s::timestamptz
             AND lower(during) < %s""",
        (at, customer_id, purpose, at, at),
    ).rowcount
    never_in_force = conn.execute(
        "DELETE FROM consents WHERE customer_id = %s AND purpose = %s AND lower(during) >= %s",
        (customer_id, purpose, at),
    ).rowcount
    return bool(ended + never_in_force)
