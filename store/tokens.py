"""API tokens: issued to a user, shown once, kept as SHA-256, valid until they expire or are
revoked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from psycopg import sql
from psycopg.rows import class_row

from store import secrets
from store.database import Connection
from store.errors import InvalidValue, NotFound, translated

MAX_LABEL = 100

_COLUMNS = sql.SQL('t.token_id, u.name AS "user", t.label, t.created_at, t.expires_at, t.revoked_at')


@dataclass(frozen=True, slots=True)
class Token:
    """A token as it may be listed: everything but the secret."""

    token_id: int
    user: str
    label: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class PrincipalRow:
    """Whom a valid token speaks for."""

    user_id: int
    user: str
    display_name: str
    roles: list[str]
    language: str | None
    calendar: str | None
    token_id: int
    expires_at: datetime | None


@translated()
def issue(conn: Connection, user_id: int, label: str, *, expires_at: datetime | None = None) -> tuple[Token, str]:
    """A new token and its secret, which is not kept and cannot be shown again.

    Raises `NotFound` when there is no such user, `InvalidValue` for an empty or overlong label or a
    past expiry.
    """
    label = label.strip()
    if not 0 < len(label) <= MAX_LABEL:
        raise InvalidValue(f"a token needs a label of 1 to {MAX_LABEL} characters that says what it is for")
    if expires_at is not None and expires_at <= datetime.now(UTC):
        raise InvalidValue(f"the token would be expired from the start: {expires_at.isoformat()} is past")
    secret = secrets.new_token()
    with conn.cursor(row_factory=class_row(Token)) as cursor:
        token = cursor.execute(
            sql.SQL("""WITH t AS (
                    INSERT INTO tokens (user_id, label, token_sha256, expires_at)
                    SELECT user_id, %s, %s, %s FROM users WHERE user_id = %s
                    RETURNING *)
                SELECT {columns} FROM t JOIN users u USING (user_id)""").format(columns=_COLUMNS),
            (label, secrets.sha256(secret), expires_at, user_id),
        ).fetchone()
    if token is None:
        raise NotFound(f"there is no user with id {user_id}")
    return token, secret


@translated()
def principal_of(conn: Connection, secret: str) -> PrincipalRow | None:
    """Whom `secret` speaks for; None if it is unknown, expired, revoked, or its user inactive."""
    with conn.cursor(row_factory=class_row(PrincipalRow)) as cursor:
        return cursor.execute(
            """SELECT u.user_id, u.name AS "user", u.display_name, u.roles, u.language, u.calendar,
                      t.token_id, t.expires_at
               FROM tokens t JOIN users u USING (user_id)
               WHERE t.token_sha256 = %s AND u.active AND t.revoked_at IS NULL
                 AND (t.expires_at IS NULL OR t.expires_at > clock_timestamp())""",
            (secrets.sha256(secret),),
        ).fetchone()


@translated()
def listing(conn: Connection, *, user: str | None = None, after: int = 0, limit: int = 100) -> list[Token]:
    """Tokens, revoked and expired ones too, in order of id, at most `limit`, beginning behind the
    id `after`.
    """
    with conn.cursor(row_factory=class_row(Token)) as cursor:
        return cursor.execute(
            sql.SQL("""SELECT {columns} FROM tokens t JOIN users u USING (user_id)
                WHERE t.token_id > %s AND (%s::text IS NULL OR u.name = %s)
                ORDER BY t.token_id LIMIT %s""").format(columns=_COLUMNS),
            (after, user, user, limit),
        ).fetchall()


@translated()
def of_user(conn: Connection, user: str, *, limit: int) -> list[Token]:
    """The tokens of a user: those that open something first, of these and of the others the newest first."""
    with conn.cursor(row_factory=class_row(Token)) as cursor:
        return cursor.execute(
            sql.SQL(
                """SELECT {columns} FROM tokens t JOIN users u USING (user_id) WHERE u.name = %s
                   ORDER BY t.revoked_at IS NULL AND coalesce(t.expires_at > now(), true) DESC, t.token_id DESC
                   LIMIT %s"""
            ).format(columns=_COLUMNS),
            (user, limit),
        ).fetchall()


@translated()
def get(conn: Connection, token_id: int) -> Token:
    """The token `token_id`, ended or not. Raises `NotFound`."""
    with conn.cursor(row_factory=class_row(Token)) as cursor:
        token = cursor.execute(
            sql.SQL("SELECT {columns} FROM tokens t JOIN users u USING (user_id) WHERE t.token_id = %s").format(
                columns=_COLUMNS
            ),
            (token_id,),
        ).fetchone()
    if token is None:
        raise NotFound(f"there is no token {token_id}; `vop tokens list` shows them")
    return token


@translated()
def revoke(conn: Connection, token_id: int) -> Token:
    """End a token now; one that has ended keeps its first time. Raises `NotFound`."""
    with conn.cursor(row_factory=class_row(Token)) as cursor:
        token = cursor.execute(
            sql.SQL("""WITH t AS (
                    UPDATE tokens SET revoked_at = coalesce(revoked_at, clock_timestamp())
                    WHERE token_id = %s RETURNING *)
                SELECT {columns} FROM t JOIN users u USING (user_id)""").format(columns=_COLUMNS),
            (token_id,),
        ).fetchone()
    if token is None:
        raise NotFound(f"there is no token {token_id}; `vop tokens list` shows them")
    return token
