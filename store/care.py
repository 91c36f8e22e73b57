"""Care teams: who looks after which customer, and when. Sensitive data is for them alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import class_row

from store.database import Connection
from store.errors import Conflict, InvalidValue, NotFound, translated


@dataclass(frozen=True, slots=True)
class Membership:
    """A user's part in a customer's care team over `[since, until)`."""

    user_id: int
    user: str
    display_name: str
    customer_id: int
    customer: str
    since: datetime
    until: datetime | None


@translated()
def join(
    conn: Connection,
    user_id: int,
    customer_id: int,
    *,
    since: datetime,
    until: datetime | None = None,
) -> None:
    """Make a user a member over `[since, until)`.

    Raises `Conflict` when part of that time is covered already, `NotFound` for an unknown user or
    customer, `InvalidValue` for an empty time.
    """
    if until is not None and until <= since:
        raise InvalidValue("a membership must end after it begins")
    taken = conn.execute(
        """SELECT 1 FROM care_team
           WHERE user_id = %s AND customer_id = %s AND during && tstzrange(%s, %s)""",
        (user_id, customer_id, since, until),
    ).fetchone()
    if taken:
        raise Conflict("this user is on that customer's care team for part of that time; leave it first")
    conn.execute(
        "INSERT INTO care_team (user_id, customer_id, during) VALUES (%s, %s, tstzrange(%s, %s))",
        (user_id, customer_id, since, until),
    )


@translated()
def leave(conn: Connection, user_id: int, customer_id: int, *, at: datetime) -> None:
    """End the membership in force at `at`, or drop one that would begin only then. Raises
    `NotFound`.
    """
    dropped = conn.execute(
        "DELETE FROM care_team WHERE user_id = %s AND customer_id = %s AND lower(during) >= %s",
        (user_id, customer_id, at),
    ).rowcount
    ended = conn.execute(
        """UPDATE care_team SET during = tstzrange(lower(during), %s)
           WHERE user_id = %s AND customer_id = %s AND during @> %s::timestamptz""",
        (at, user_id, customer_id, at),
    ).rowcount
    if not dropped + ended:
        raise NotFound("this user is not on that customer's care team")


@translated()
def is_on_team(conn: Connection, user_id: int, customer_id: int, at: datetime) -> bool:
    """Whether the user was a member at `at`."""
    row = conn.execute(
        """SELECT 1 FROM care_team
           WHERE user_id = %s AND customer_id = %s AND during @> %s::timestamptz""",
        (user_id, customer_id, at),
    ).fetchone()
    return row is not None


@translated()
def customers_of(conn: Connection, user_id: int, at: datetime) -> set[int]:
    """`customer_id` of everyone the user looked after at `at`: one question for a whole page of
    devices.
    """
    rows = conn.execute(
        "SELECT customer_id FROM care_team WHERE user_id = %s AND during @> %s::timestamptz",
        (user_id, at),
    )
    return {row[0] for row in rows}


@translated()
def members(conn: Connection, customer_id: int) -> list[Membership]:
    """All memberships of a customer's care team, past and to come too, oldest first."""
    with conn.cursor(row_factory=class_row(Membership)) as cursor:
        return cursor.execute(
            """SELECT t.user_id, u.name AS "user", u.display_name, t.customer_id, c.customer,
                      lower(t.during) AS since, upper(t.during) AS until
               FROM care_team t JOIN users u USING (user_id) JOIN customers c USING (customer_id)
               WHERE t.customer_id = %s ORDER BY t.during, u.name""",
            (customer_id,),
        ).fetchall()
