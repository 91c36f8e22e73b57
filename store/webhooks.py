"""Endpoints that events are sent to, and the secrets that sign what they get."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from psycopg.rows import class_row

from store.database import Connection
from store.errors import NotFound, translated

SECRET_BYTES: Final = 32
PREFIX: Final = "whsec_"
"""Of a secret as it is shown (Standard Webhooks)."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """One endpoint. Its secret is shown once, when it is made."""

    webhook_id: int
    url: str
    kinds: list[str]
    created_by: str
    created_at: datetime
    disabled_at: datetime | None
    disabled_why: str | None
    waiting: int
    """Events on their way to it."""
    delivered_at: datetime | None
    """When the last one was taken."""
    given_up: int
    answer: str | None
    """Of the last attempt."""


def shown(secret: bytes) -> str:
    """A secret as receivers configure it."""
    return PREFIX + base64.b64encode(secret).decode()


@translated()
def add(conn: Connection, url: str, kinds: Sequence[str], *, by: str, now: datetime) -> tuple[int, str]:
    """A new endpoint: its number, and its secret this once."""
    secret = secrets.token_bytes(SECRET_BYTES)
    row = conn.execute(
        """INSERT INTO webhooks (url, kinds, secret, created_by, created_at) VALUES (%s, %s, %s, %s, %s)
           RETURNING webhook_id""",
        (url, sorted(set(kinds)), secret, by, now),
    ).fetchone()
    assert row is not None
    return row[0], shown(secret)


@translated()
def listing(conn: Connection) -> list[Webhook]:
    """All endpoints, oldest first."""
    with conn.cursor(row_factory=class_row(Webhook)) as cursor:
        return cursor.execute(
            """SELECT w.webhook_id, w.url, w.kinds, w.created_by, w.created_at, w.disabled_at, w.disabled_why,
                      count(o.outbox_id) FILTER (WHERE o.delivered_at IS NULL AND o.given_up_at IS NULL) AS waiting,
                      max(o.delivered_at) AS delivered_at, count(o.given_up_at) AS given_up,
                      (SELECT answer FROM outbox l WHERE l.webhook_id = w.webhook_id AND answer IS NOT NULL
                       ORDER BY outbox_id DESC LIMIT 1) AS answer
               FROM webhooks w LEFT JOIN outbox o USING (webhook_id) GROUP BY w.webhook_id ORDER BY w.webhook_id"""
        ).fetchall()


@translated()
def disable(conn: Connection, webhook_id: int, why: str, now: datetime) -> None:
    """Nothing more is sent to it."""
    conn.execute(
        "UPDATE webhooks SET disabled_at = coalesce(disabled_at, %s), disabled_why = coalesce(disabled_why, %s)"
        " WHERE webhook_id = %s",
        (now, why, webhook_id),
    )


@translated()
def remove(conn: Connection, webhook_id: int) -> None:
    """Forget an endpoint, and what was on its way to it. Raises `NotFound`."""
    if not conn.execute("DELETE FROM webhooks WHERE webhook_id = %s", (webhook_id,)).rowcount:
        raise NotFound(f"there is no webhook {webhook_id}")
