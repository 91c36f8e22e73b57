"""Sessions of people in browsers: opened by a password or a token, kept as SHA-256, ended by time, by their user, or
with what they rest on.

That a session ends when its user is suspended, their password changed or its token revoked is a trigger's work
(migration 0006), so it holds for whatever program makes that change.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from psycopg import sql
from psycopg.rows import class_row

from store import secrets
from store.database import Connection
from store.errors import translated

MOST_OF_ONE = 20
"""Sessions a user has at once; one more ends the one that was quiet for longest."""
TOUCH_EVERY = timedelta(minutes=1)
"""How exactly it is known when a session was used last: a row written at every request would be."""
FORGOTTEN_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Session:
    """A session that holds now, and whom it speaks for, with the roles they have now."""

    session_id: int
    user_id: int
    user: str
    display_name: str
    roles: list[str]
    language: str | None
    calendar: str | None
    created_at: datetime
    expires_at: datetime
    """At the latest, however busy it is."""
    stale: bool
    """`touch` is due."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A new session: its secret, which is not kept, and of which user's it is."""

    session_id: int
    user_id: int
    user: str
    roles: list[str]
    token_id: int | None
    secret: str


@translated()
def open_by_token(conn: Connection, token: str, lasts: timedelta) -> Opened | None:
    """A session for the user of a valid token, no longer than that; None when it is not valid."""
    return _opened(
        conn,
        sql.SQL("""SELECT u.user_id, u.name, u.roles, t.token_id, t.expires_at
           FROM tokens t JOIN users u USING (user_id)
           WHERE t.token_sha256 = %(proof)s AND u.active AND t.revoked_at IS NULL
             AND (t.expires_at IS NULL OR t.expires_at > clock_timestamp())
           FOR SHARE OF t, u"""),
        secrets.sha256(token),
        lasts,
    )


@translated()
def open_by_password(conn: Connection, password_hash: str, user_id: int, lasts: timedelta) -> Opened | None:
    """A session for a user whose password was verified against `password_hash`.

    None when it was changed since, or the user suspended.
    """
    return _opened(
        conn,
        sql.SQL("""SELECT user_id, name, roles, NULL::int AS token_id, NULL::timestamptz AS expires_at FROM users
           WHERE user_id = %(user_id)s AND active AND password_hash = %(proof)s FOR SHARE"""),
        password_hash,
        lasts,
        user_id,
    )


def _opened(
    conn: Connection, who: sql.SQL, proof: object, lasts: timedelta, user_id: int | None = None
) -> Opened | None:
    # The rows it rests on are locked: who changes them waits, and then finds this session too and ends it.
    secret = secrets.new_secret()
    values = {"proof": proof, "secret": secrets.sha256(secret), "lasts": lasts, "user_id": user_id}
    query = sql.SQL(
        """WITH who AS ({who}), opened AS MATERIALIZED (SELECT clock_timestamp() AS at), made AS (
                INSERT INTO sessions (user_id, token_id, secret_sha256, created_at, seen_at, expires_at)
                SELECT user_id, token_id, %(secret)s, at, at, least(at + %(lasts)s, expires_at) FROM who, opened
                RETURNING session_id)
           SELECT session_id, user_id, name, roles, token_id FROM made, who"""
    ).format(who=who)
    row = conn.execute(query, values).fetchone()
    if row is None:
        return None
    _forget(conn, row[1])
    session_id, owner, name, roles, token_id = row
    return Opened(session_id, owner, name, roles, token_id, secret)


def _forget(conn: Connection, user_id: int) -> None:
    """Delete what a new session pushes out: a user's quietest beyond `MOST_OF_ONE`, and some that have expired."""
    conn.execute(
        """DELETE FROM sessions WHERE session_id IN (
               SELECT session_id FROM sessions WHERE user_id = %s
               ORDER BY seen_at DESC, session_id DESC OFFSET %s)""",
        (user_id, MOST_OF_ONE),
    )
    conn.execute(
        """DELETE FROM sessions WHERE session_id IN (
               SELECT session_id FROM sessions WHERE expires_at <= clock_timestamp()
               ORDER BY expires_at LIMIT %s FOR UPDATE SKIP LOCKED)""",
        (FORGOTTEN_AT_ONCE,),
    )


@translated()
def holds(conn: Connection, secret: str, idle: timedelta) -> Session | None:
    """The session `secret` belongs to; None if it ended, expired, or was not used for `idle`."""
    with conn.cursor(row_factory=class_row(Session)) as cursor:
        return cursor.execute(
            """SELECT s.session_id, u.user_id, u.name AS "user", u.display_name, u.roles, u.language, u.calendar,
                      s.created_at, s.expires_at, s.seen_at < clock_timestamp() - %s AS stale
               FROM sessions s JOIN users u USING (user_id)
               WHERE s.secret_sha256 = %s AND u.active
                 AND s.expires_at > clock_timestamp() AND s.seen_at > clock_timestamp() - %s""",
            (min(TOUCH_EVERY, idle / 4), secrets.sha256(secret), idle),
        ).fetchone()


@translated()
def touch(conn: Connection, session_id: int) -> None:
    """Note that it is in use, and commit: neither a refusal nor a long request may undo it or hold its row.

    `conn` must have changed nothing yet.
    """
    conn.execute(
        """UPDATE sessions SET seen_at = clock_timestamp() WHERE session_id IN (
               SELECT session_id FROM sessions WHERE session_id = %s FOR UPDATE SKIP LOCKED)""",
        (session_id,),
    )
    conn.commit()


@translated()
def end(conn: Connection, secret: str) -> None:
    """End the session `secret` belongs to, if there is one."""
    conn.execute("DELETE FROM sessions WHERE secret_sha256 = %s", (secrets.sha256(secret),))
