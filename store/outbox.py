"""What is to leave the platform: written in the transaction of its cause, delivered by the relay, at least once.

    with conn.transaction():
        ...                                   # the cause
        outbox.add(conn, "order.opened", {...}, now=now)

An event is one row an endpoint that asked for its kind; the id and the bytes of it stay the same in every attempt, so a
receiver that remembers ids takes each once.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import class_row

from catalog.elements import Json
from store.database import Connection
from store.errors import translated


@dataclass(frozen=True, slots=True)
class Parcel:
    """One event on its way to one endpoint."""

    outbox_id: int
    webhook_id: int
    url: str
    secret: bytes
    message_id: str
    kind: str
    body: str
    attempts: int
    created_at: datetime


@translated()
def add(conn: Connection, kind: str, data: Mapping[str, Json], *, now: datetime) -> int:
    """Have `data` sent to every endpoint that asked for `kind`; returns how many there are.

    Call it in the transaction of what it tells of.
    """
    body = json.dumps(
        {"type": kind, "timestamp": now.isoformat(), "data": data}, ensure_ascii=False, separators=(",", ":")
    )
    return conn.execute(
        """INSERT INTO outbox (webhook_id, message_id, kind, body, created_at, next_at)
           SELECT webhook_id, %s, %s, %s, %s, %s FROM webhooks WHERE disabled_at IS NULL AND %s = ANY(kinds)""",
        (f"msg_{secrets.token_urlsafe(18)}", kind, body, now, now, kind),
    ).rowcount


@translated()
def take(conn: Connection, now: datetime) -> Parcel | None:
    """The parcel that has been due longest, locked until the transaction ends; those others have are passed over."""
    with conn.cursor(row_factory=class_row(Parcel)) as cursor:
        return cursor.execute(
            """SELECT o.outbox_id, o.webhook_id, w.url, w.secret, o.message_id, o.kind, o.body, o.attempts, o.created_at
               FROM outbox o JOIN webhooks w USING (webhook_id)
               WHERE o.delivered_at IS NULL AND o.given_up_at IS NULL AND o.next_at <= %s AND w.disabled_at IS NULL
               ORDER BY o.next_at, o.outbox_id LIMIT 1 FOR UPDATE OF o SKIP LOCKED""",
            (now,),
        ).fetchone()


@translated()
def delivered(conn: Connection, outbox_id: int, answer: str, now: datetime) -> None:
    """The endpoint has taken it."""
    conn.execute(
        "UPDATE outbox SET attempts = attempts + 1, delivered_at = %s, answer = %s WHERE outbox_id = %s",
        (now, answer, outbox_id),
    )


@translated()
def failed(conn: Connection, outbox_id: int, answer: str, now: datetime, again: datetime | None) -> None:
    """It was not taken: to be tried `again`, or given up."""
    conn.execute(
        """UPDATE outbox SET attempts = attempts + 1, answer = %(answer)s, next_at = coalesce(%(again)s, next_at),
               given_up_at = CASE WHEN %(again)s::timestamptz IS NULL THEN %(now)s::timestamptz END
           WHERE outbox_id = %(id)s""",
        {"answer": answer, "again": again, "now": now, "id": outbox_id},
    )


@translated()
def waiting(conn: Connection) -> tuple[int, int]:
    """How many are on their way, and how many were given up."""
    row = conn.execute(
        """SELECT count(*) FILTER (WHERE delivered_at IS NULL AND given_up_at IS NULL),
                  count(*) FILTER (WHERE given_up_at IS NOT NULL) FROM outbox"""
    ).fetchone()
    return (row[0], row[1]) if row else (0, 0)
