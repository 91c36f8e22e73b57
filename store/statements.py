"""What customers said, on any channel: their words, kept until they are erased."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias, get_args

from psycopg import sql
from psycopg.rows import class_row

from store.database import Connection
from store.errors import NotFound, translated

Channel: TypeAlias = Literal["phone", "email", "chat", "sms", "social", "visit", "app"]
CHANNELS: tuple[Channel, ...] = get_args(Channel)
Language: TypeAlias = Literal["en", "fa"]
Uncompared: TypeAlias = Literal["no_claim", "no_consent", "no_product", "too_long"]
"""Why a statement's claims were not set beside what the product reports."""

MAX_TEXT = 8_000
"""Characters of a statement."""

_COLUMNS = sql.SQL(
    """s.statement_id, s.case_id, s.customer_id, c.customer, s.device_id, d.device, s.product, s.channel, s.text,
       s.lang, s.said_at, s.received_at, s.answered_at, s.author, s.ref, s.uncompared"""
)
_FROM = sql.SQL(
    "FROM statements s JOIN customers c USING (customer_id) LEFT JOIN devices d ON d.device_id = s.device_id"
)


@dataclass(frozen=True, slots=True)
class New:
    """A statement to be kept."""

    case_id: int
    customer_id: int
    device_id: int | None
    product: str | None
    """By whose entry in the catalogue it was read; None: it is not known what it is about."""
    channel: Channel
    text: str
    lang: Language
    said_at: datetime
    author: str
    """`user:<name>` or `system:<command>`: who wrote it down."""
    answered_at: datetime | None = None
    ref: str | None = None
    """Its id where it was imported from; kept once."""
    uncompared: Uncompared | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement as it is kept."""

    statement_id: int
    case_id: int
    customer_id: int
    customer: str
    device_id: int | None
    device: str | None
    product: str | None
    channel: Channel
    text: str
    lang: Language
    said_at: datetime
    received_at: datetime
    answered_at: datetime | None
    author: str
    ref: str | None
    uncompared: Uncompared | None


@translated()
def add(conn: Connection, new: New) -> int:
    """Keep a statement; returns its id. Raises `Conflict` when one with its `ref` is kept already."""
    row = conn.execute(
        """INSERT INTO statements (case_id, customer_id, device_id, product, channel, text, lang, said_at, author,
                                   answered_at, ref, uncompared)
           VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING statement_id""",
        (
            new.case_id, new.customer_id, new.device_id, new.product, new.channel, new.text, new.lang, new.said_at,
            new.author, new.answered_at, new.ref, new.uncompared,
        ),
    ).fetchone()  # fmt: skip
    assert row is not None
    return int(row[0])


@translated()
def get(conn: Connection, statement_id: int) -> Statement:
    """Raises `NotFound`."""
    found = _rows(conn, sql.SQL("s.statement_id = %(id)s"), {"id": statement_id})
    if not found:
        raise NotFound(f"there is no statement {statement_id}")
    return found[0]


@translated()
def by_ref(conn: Connection, ref: str) -> int | None:
    """The id of the statement that was imported under `ref`."""
    row = conn.execute("SELECT statement_id FROM statements WHERE ref = %s", (ref,)).fetchone()
    return None if row is None else int(row[0])


@translated()
def listing(
    conn: Connection,
    *,
    case_ids: Collection[int] | None = None,
    customer_id: int | None = None,
    device_id: int | None = None,
    start: datetime | None = None,
    end: datetime | None = None,
    after: tuple[datetime, int] | None = None,
    limit: int = 100,
) -> list[Statement]:
    """Those said in `[start, end)` that match everything given, newest first, at most `limit`.

    `after` is `(said_at, statement_id)` of the last one of the page before.
    """
    wanted = [sql.SQL("true")]
    if case_ids is not None:
        wanted.append(sql.SQL("s.case_id = ANY(%(cases)s)"))
    if customer_id is not None:
        wanted.append(sql.SQL("s.customer_id = %(customer)s"))
    if device_id is not None:
        wanted.append(sql.SQL("s.device_id = %(device)s"))
    if start is not None:
        wanted.append(sql.SQL("s.said_at >= %(start)s"))
    if end is not None:
        wanted.append(sql.SQL("s.said_at < %(end)s"))
    if after is not None:
        wanted.append(sql.SQL("(s.said_at, s.statement_id) < (%(said_at)s, %(id)s)"))
    arguments = {
        "cases": None if case_ids is None else list(case_ids),
        "customer": customer_id,
        "device": device_id,
        "start": start,
        "end": end,
        "said_at": after and after[0],
        "id": after and after[1],
        "limit": limit,
    }
    condition = sql.SQL("{} ORDER BY s.said_at DESC, s.statement_id DESC LIMIT %(limit)s")
    return _rows(conn, condition.format(sql.SQL(" AND ").join(wanted)), arguments)


def _rows(conn: Connection, condition: sql.Composable, arguments: Mapping[str, object]) -> list[Statement]:
    query = sql.SQL("SELECT {columns} {source} WHERE {condition}")
    with conn.cursor(row_factory=class_row(Statement)) as cursor:
        return cursor.execute(query.format(columns=_COLUMNS, source=_FROM, condition=condition), arguments).fetchall()


@translated()
def answered(conn: Connection, case_id: int, at: datetime) -> int:
    """Every statement of the case that was said by `at` and waits for an answer has one then; returns how many."""
    return conn.execute(
        """UPDATE statements SET answered_at = %(at)s
           WHERE case_id = %(case)s AND answered_at IS NULL AND said_at <= %(at)s""",
        {"case": case_id, "at": at},
    ).rowcount


@translated()
def move(conn: Connection, statement_id: int, case_id: int) -> None:
    """Have the statement belong to another case."""
    conn.execute("UPDATE statements SET case_id = %s WHERE statement_id = %s", (case_id, statement_id))


@translated()
def set_uncompared(conn: Connection, statement_id: int, reason: Uncompared | None) -> None:
    """Say why the statement's claims are not compared; None: they are."""
    conn.execute(
        """UPDATE statements SET uncompared = %(why)s
           WHERE statement_id = %(id)s AND uncompared IS DISTINCT FROM %(why)s""",
        {"why": reason, "id": statement_id},
    )


@dataclass(frozen=True, slots=True)
class Answering:
    """How soon statements of one channel were answered."""

    channel: Channel
    statements: int
    answered: int
    median_s: float | None
    """Of those answered, from being said to the answer, in seconds."""
    p90_s: float | None
    oldest_waiting: datetime | None
    """When the oldest unanswered one was said."""


@translated()
def answering(conn: Connection, start: datetime, end: datetime) -> list[Answering]:
    """By channel, of what was said in `[start, end)`."""
    with conn.cursor(row_factory=class_row(Answering)) as cursor:
        return cursor.execute(
            """SELECT channel, count(*) AS statements, count(answered_at) AS answered,
                      percentile_cont(0.5) WITHIN GROUP (ORDER BY took) AS median_s,
                      percentile_cont(0.9) WITHIN GROUP (ORDER BY took) AS p90_s,
                      min(said_at) FILTER (WHERE answered_at IS NULL) AS oldest_waiting
               FROM (SELECT channel, said_at, answered_at,
                            CASE WHEN answered_at IS NOT NULL
                                 THEN extract(epoch FROM greatest(answered_at, said_at) - said_at)::float8 END AS took
                     FROM statements
                     WHERE said_at >= %(start)s AND said_at < %(end)s) said
               GROUP BY channel ORDER BY channel""",
            {"start": start, "end": end},
        ).fetchall()


@translated()
def count(conn: Connection, customer_id: int, device_id: int | None, start: datetime, end: datetime) -> int:
    """How many the customer made about that unit, or about none, in `[start, end)`."""
    row = conn.execute(
        """SELECT count(statement_id) FROM statements
           WHERE customer_id = %s AND device_id IS NOT DISTINCT FROM %s AND said_at >= %s AND said_at < %s""",
        (customer_id, device_id, start, end),
    ).fetchone()
    return int(row[0]) if row else 0
