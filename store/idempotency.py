"""The same request, sent twice, is done once: what an `Idempotency-Key` was used for, kept for 24
hours.

`claim`, do the work, `finish`, all in one transaction: if it fails nothing is left and the client
may try again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from psycopg.types.json import Jsonb

from catalog.elements import Json
from store.database import Connection
from store.errors import NotFound, translated

KEPT = timedelta(hours=24)
ABANDONED_AFTER = timedelta(minutes=5)
"""A claim committed without an answer for this long belonged to a process that died; it may be
taken over.
"""

_LOCK = 0x69646D70
"""First half of the advisory lock that a running request holds ("idmp")."""


@dataclass(frozen=True, slots=True)
class New:
    """Nobody used the key: do the work, then `finish`."""


@dataclass(frozen=True, slots=True)
class InProgress:
    """The first request with the key is still running."""


@dataclass(frozen=True, slots=True)
class Replay:
    """The work was done; this was the answer."""

    status: int
    response: Json


@dataclass(frozen=True, slots=True)
class Mismatch:
    """The key was used for another request."""


Claim: TypeAlias = New | InProgress | Replay | Mismatch


@translated()
def claim(conn: Connection, actor: str, key: str, request_sha256: bytes) -> Claim:
    """Claim `key` for a request of `actor`; `request_sha256` is of method, path and body. Never
    waits.

    Until the transaction ends, others who claim the same key get `InProgress`.
    """
    locked = conn.execute("SELECT pg_try_advisory_xact_lock(%s, hashtext(%s))", (_LOCK, f"{actor}\n{key}")).fetchone()
    if locked is None or not locked[0]:
        return InProgress()
    conn.execute(
        """DELETE FROM idempotency WHERE actor = %s AND key = %s
           AND (created_at < now() - %s OR (status IS NULL AND created_at < now() - %s))""",
        (actor, key, KEPT, ABANDONED_AFTER),
    )
    made = conn.execute(
        """INSERT INTO idempotency (actor, key, request) VALUES (%s, %s, %s)
           ON CONFLICT DO NOTHING RETURNING true""",
        (actor, key, request_sha256),
    ).fetchone()
    if made:
        return New()
    row = conn.execute(
        "SELECT request, status, response FROM idempotency WHERE actor = %s AND key = %s",
        (actor, key),
    ).fetchone()
    if row is None:  # deleted by `forget` between the two statements
        return InProgress()
    request, status, response = row
    if bytes(request) != request_sha256:
        return Mismatch()
    return InProgress() if status is None else Replay(status, response)


@translated()
def finish(conn: Connection, actor: str, key: str, status: int, response: Json) -> None:
    """Keep the answer to a claimed request. Raises `NotFound` if it was not claimed.

    `response` is stored as it is: it must carry no secret. Answers that show one are kept without
    it.
    """
    done = conn.execute(
        "UPDATE idempotency SET status = %s, response = %s WHERE actor = %s AND key = %s",
        (status, Jsonb(response), actor, key),
    )
    if done.rowcount == 0:
        raise NotFound(f"idempotency key of {actor} was not claimed; claim it before finishing")


@translated()
def forget(conn: Connection, before: datetime) -> int:
    """Delete what was claimed before then; return how many."""
    return conn.execute("DELETE FROM idempotency WHERE created_at < %s", (before,)).rowcount
