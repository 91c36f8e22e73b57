"""The people who own products: how they are called, and the calendar their days are counted in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Literal
from zoneinfo import available_timezones

from psycopg import sql
from psycopg.rows import class_row

from store.database import Connection
from store.errors import Conflict, InvalidValue, NotFound, translated
from store.searching import Words

Language = Literal["en", "fa"]
Calendar = Literal["gregorian", "persian"]

ID_FORM = re.compile(r"(?!\.{1,2}\Z)[A-Za-z0-9._-]{1,64}")
MAX_NAME = 200
FEW = 5_000
"""So many that fit are put in order of id."""

_COLUMNS = sql.SQL("customer_id, customer, name, language, zone, calendar, week_start, weekend, created_at")


@dataclass(frozen=True, slots=True)
class Customer:
    """One customer. `customer` is the id people and URLs use; `customer_id` never leaves the
    platform.
    """

    customer_id: int
    customer: str
    name: str
    language: Language
    zone: str
    """IANA name; the default for units they own."""
    calendar: Calendar
    week_start: int
    """ISO weekday, 1 = Monday."""
    weekend: list[int]
    created_at: datetime


@cache
def _zones() -> frozenset[str]:
    # `localtime` is whatever the machine's own zone is, `Factory` says that nobody set one.
    return frozenset(available_timezones()) - {"localtime", "Factory"}


def checked_zone(zone: str) -> str:
    """`zone` if it is a name of the IANA time zone database, else `InvalidValue`."""
    if zone not in _zones():
        raise InvalidValue(f"{zone!r} is not a time zone of the IANA database; write it like Europe/Berlin")
    return zone


def _checked_name(name: str) -> str:
    name = name.strip()
    if not 0 < len(name) <= MAX_NAME:
        raise InvalidValue(f"a customer's name has 1 to {MAX_NAME} characters")
    return name


def _checked_days(week_start: int, weekend: Sequence[int]) -> list[int]:
    if not 1 <= week_start <= 7 or not all(1 <= day <= 7 for day in weekend):
        raise InvalidValue("weekdays are ISO numbers, 1 for Monday to 7 for Sunday")
    return sorted(set(weekend))


@translated()
def create(
    conn: Connection,
    customer: str,
    name: str,
    *,
    zone: str,
    language: Language = "en",
    calendar: Calendar = "gregorian",
    week_start: int = 1,
    weekend: Sequence[int] = (6, 7),
) -> Customer:
    """Add a customer. Raises `Conflict` when the id is taken, `InvalidValue` for a bad id, zone or
    weekday.
    """
    if not ID_FORM.fullmatch(customer):
        raise InvalidValue(f"customer id {customer!r} must be 1 to 64 of A-Z a-z 0-9 . _ -, and not . or ..")
    days = _checked_days(week_start, weekend)
    with conn.cursor(row_factory=class_row(Customer)) as cursor:
        made = cursor.execute(
            sql.SQL("""INSERT INTO customers
                    (customer, name, language, zone, calendar, week_start, weekend)
                VALUES (%s, %s, %s, %s, %s, %s, %s::smallint[])
                ON CONFLICT (customer) DO NOTHING RETURNING {columns}""").format(columns=_COLUMNS),
            (
                customer,
                _checked_name(name),
                language,
                checked_zone(zone),
                calendar,
                week_start,
                days,
            ),
        ).fetchone()
    if made is None:
        raise Conflict(f"customer {customer} exists already")
    return made


@translated()
def get(conn: Connection, customer: str) -> Customer:
    """The customer with the id `customer`. Raises `NotFound`."""
    with conn.cursor(row_factory=class_row(Customer)) as cursor:
        found = cursor.execute(
            sql.SQL("SELECT {columns} FROM customers WHERE customer = %s").format(columns=_COLUMNS),
            (customer,),
        ).fetchone()
    if found is None:
        raise NotFound(f"there is no customer {customer}")
    return found


@translated()
def take_turns(conn: Connection, customer: str) -> Customer:
    """The customer, once nobody else changes their consents or care team; others wait until this transaction ends.

    Raises `NotFound`.
    """
    conn.execute("SELECT 1 FROM customers WHERE customer = %s FOR UPDATE", (customer,))
    return get(conn, customer)


@translated()
def by_ids(conn: Connection, customers: Sequence[str]) -> dict[str, Customer]:
    """Those of `customers` that exist, by their id."""
    with conn.cursor(row_factory=class_row(Customer)) as cursor:
        rows = cursor.execute(
            sql.SQL("SELECT {columns} FROM customers WHERE customer = ANY(%s)").format(columns=_COLUMNS),
            (list(customers),),
        )
        return {row.customer: row for row in rows}


@translated()
def search(conn: Connection, *, q: str | None = None, after: str = "", limit: int = 100) -> list[Customer]:
    """Customers whose id and name contain each word of `q` (store.searching), in order of id, at most `limit`,
    beginning behind the id `after`.
    """
    words = Words.of(q)
    given: dict[str, object] = {"after": after, "limit": limit, **words.arguments}
    fits = words.within(sql.SQL("found_by")) if words else sql.SQL("true")
    if words.indexed:
        # Few are found by the trigram index; many soon fill a page in order of id. The planner cannot know which.
        query = sql.SQL("SELECT customer_id FROM customers WHERE {} LIMIT {}").format(fits, FEW + 1)
        ids = [row[0] for row in conn.execute(query, given)]
        if len(ids) <= FEW:
            given["ids"], fits = ids, sql.SQL("customer_id = ANY(%(ids)s)")
    with conn.cursor(row_factory=class_row(Customer)) as cursor:
        return cursor.execute(
            sql.SQL("""SELECT {columns} FROM customers
                WHERE customer > %(after)s AND {fits} ORDER BY customer LIMIT %(limit)s""").format(
                columns=_COLUMNS, fits=fits
            ),
            given,
        ).fetchall()


@translated()
def cared_for(conn: Connection, user_id: int, at: datetime) -> list[Customer]:
    """Everyone on whose care team the user was at `at`, in order of id."""
    with conn.cursor(row_factory=class_row(Customer)) as cursor:
        return cursor.execute(
            sql.SQL("""SELECT {columns} FROM customers WHERE customer_id IN (
                    SELECT customer_id FROM care_team WHERE user_id = %s AND during @> %s::timestamptz)
                ORDER BY customer""").format(columns=_COLUMNS),
            (user_id, at),
        ).fetchall()


@translated()
def change(
    conn: Connection,
    customer: str,
    *,
    name: str | None = None,
    language: Language | None = None,
    zone: str | None = None,
    calendar: Calendar | None = None,
    week_start: int | None = None,
    weekend: Sequence[int] | None = None,
) -> Customer:
    """Set what is given. A new `zone` leaves the zones of units already owned. Raises `NotFound`,
    `InvalidValue`.
    """
    days = _checked_days(1 if week_start is None else week_start, weekend or ())
    with conn.cursor(row_factory=class_row(Customer)) as cursor:
        changed = cursor.execute(
            sql.SQL("""UPDATE customers SET
                       name = coalesce(%s, name), language = coalesce(%s, language),
                       zone = coalesce(%s, zone), calendar = coalesce(%s, calendar),
                       week_start = coalesce(%s, week_start),
                       weekend = coalesce(%s::smallint[], weekend)
                WHERE customer = %s RETURNING {columns}""").format(columns=_COLUMNS),
            (
                None if name is None else _checked_name(name), language,
                None if zone is None else checked_zone(zone), calendar, week_start,
                None if weekend is None else days, customer,
            ),
        ).fetchone()  # fmt: skip
    if changed is None:
        raise NotFound(f"there is no customer {customer}")
    return changed
