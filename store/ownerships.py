"""Who owned which unit when, and where it stood. A unit has at most one owner at a time; times are
half-open.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

from psycopg import sql
from psycopg.rows import class_row

from store import customers
from store.database import Connection
from store.errors import Conflict, InvalidValue, NotFound, translated

_COLUMNS = sql.SQL(
    """o.ownership_id, o.device_id, d.device, d.product, o.customer_id, c.customer, c.name, o.zone,
              lower(o.during) AS since, upper(o.during) AS until"""
)
_FROM = sql.SQL("FROM ownerships o JOIN customers c USING (customer_id) JOIN devices d USING (device_id)")


@dataclass(frozen=True, slots=True)
class Span:
    """One ownership as it is to be: `[since, until)`, or from `since` on."""

    customer: str
    since: datetime
    until: datetime | None = None
    zone: str | None = None
    """Where the unit stands (IANA name); None: the customer's own zone."""


@dataclass(frozen=True, slots=True)
class Ownership:
    """One ownership as it is kept."""

    ownership_id: int
    device_id: int
    device: str
    product: str
    customer_id: int
    customer: str
    name: str
    zone: str
    since: datetime
    until: datetime | None


@translated()
def history(conn: Connection, device_id: int) -> list[Ownership]:
    """All ownerships of a device, oldest first."""
    with conn.cursor(row_factory=class_row(Ownership)) as cursor:
        return cursor.execute(
            sql.SQL("SELECT {columns} {source} WHERE o.device_id = %s ORDER BY o.during").format(
                columns=_COLUMNS, source=_FROM
            ),
            (device_id,),
        ).fetchall()


@translated()
def at(conn: Connection, device_id: int, when: datetime) -> Ownership | None:
    """Whose the device was at `when`."""
    with conn.cursor(row_factory=class_row(Ownership)) as cursor:
        return cursor.execute(
            sql.SQL("SELECT {columns} {source} WHERE o.device_id = %s AND o.during @> %s::timestamptz").format(
                columns=_COLUMNS, source=_FROM
            ),
            (device_id, when),
        ).fetchone()


@translated()
def of_customer(
    conn: Connection,
    customer_id: int,
    *,
    start: datetime | None = None,
    end: datetime | None = None,
) -> list[Ownership]:
    """The customer's ownerships that touch `[start, end)`, by device, oldest first. They are not
    cut to it.
    """
    with conn.cursor(row_factory=class_row(Ownership)) as cursor:
        return cursor.execute(
            sql.SQL("""SELECT {columns} {source}
                WHERE o.customer_id = %s AND o.during && tstzrange(%s, %s)
                ORDER BY d.device, o.during""").format(columns=_COLUMNS, source=_FROM),
            (customer_id, start, end),
        ).fetchall()


def _words(span: Span) -> str:
    until = "now on" if span.until is None else span.until.isoformat()
    return f"{span.customer} from {span.since.isoformat()} to {until}"


def _checked(spans: Sequence[Span]) -> list[Span]:
    for span in spans:
        if span.since.tzinfo is None or (span.until is not None and span.until.tzinfo is None):
            raise InvalidValue(f"ownership of {_words(span)} lacks a UTC offset")
        if span.until is not None and span.until <= span.since:
            raise InvalidValue(f"ownership of {_words(span)} ends before it begins")
    ordered = sorted(spans, key=lambda span: span.since)
    for before, after in pairwise(ordered):
        if before.until is None or before.until > after.since:
            raise Conflict(
                f"ownerships overlap: {_words(before)}, and {_words(after)}; end the first when the second begins"
            )
    return ordered


@translated()
def take_turns(conn: Connection, device_id: int) -> None:
    """Wait for whoever sets this device's history, and have others wait until this transaction ends.

    Who makes a new history of the one there is asks for a turn before reading it. Raises `NotFound`.
    """
    if conn.execute("SELECT 1 FROM devices WHERE device_id = %s FOR UPDATE", (device_id,)).fetchone() is None:
        raise NotFound(f"there is no device with id {device_id}")


@translated()
def set_history(conn: Connection, device_id: int, spans: Sequence[Span]) -> list[Ownership]:
    """Replace a device's whole ownership history; none at all is a unit nobody owns.

    Raises `Conflict` when two overlap, `InvalidValue` for an unknown zone, a naive time or an empty
    span, `NotFound` for an unknown device or customer. Nothing is changed then.
    """
    ordered = _checked(spans)
    known = customers.by_ids(conn, sorted({span.customer for span in ordered}))
    rows = []
    for span in ordered:
        customer = known.get(span.customer)
        if customer is None:
            raise NotFound(f"there is no customer {span.customer}")
        zone = customer.zone if span.zone is None else customers.checked_zone(span.zone)
        rows.append((device_id, customer.customer_id, zone, span.since, span.until))
    take_turns(conn, device_id)
    conn.execute("DELETE FROM ownerships WHERE device_id = %s", (device_id,))
    conn.cursor().executemany(
        """INSERT INTO ownerships (device_id, customer_id, zone, during)
           VALUES (%s, %s, %s, tstzrange(%s, %s))""",
        rows,
    )
    return history(conn, device_id)


def hand_over(
    conn: Connection,
    device_id: int,
    customer: str,
    *,
    zone: str | None = None,
    since: datetime | None = None,
) -> list[Ownership]:
    """Give the unit to `customer` from `since` (default now) on; who had it before had it until
    then.

    Raises as `set_history` does; `Conflict` when an ownership begins at or after `since`.
    """
    take_turns(conn, device_id)
    since = since or datetime.now(UTC)
    spans = []
    for past in history(conn, device_id):
        if past.since >= since:
            raise Conflict(
                f"device {past.device} already has an owner from {past.since.isoformat()} on; "
                "set its whole history instead"
            )
        until = since if past.until is None or past.until > since else past.until
        spans.append(Span(past.customer, past.since, until, past.zone))
    return set_history(conn, device_id, [*spans, Span(customer, since, None, zone)])
