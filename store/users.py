"""The people who work with the platform, and what they may do."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import get_args

from psycopg import sql
from psycopg.rows import class_row

from catalog.model import Role
from store.database import Connection
from store.errors import Conflict, InvalidValue, NotFound, translated

ROLES: tuple[str, ...] = get_args(Role)

_NAME = re.compile(r"[a-z0-9][a-z0-9._@-]{0,63}")
_COLUMNS = sql.SQL(
    """user_id, name, display_name, roles, active, created_at,
       (SELECT max(seen_at) FROM known_browsers b WHERE b.user_id = users.user_id) AS last_sign_in"""
)


@dataclass(frozen=True, slots=True)
class User:
    """One person. An inactive one keeps history and tokens but is let in nowhere."""

    user_id: int
    name: str
    display_name: str
    roles: list[str]
    active: bool
    created_at: datetime
    last_sign_in: datetime | None
    """In a browser; None when never, or so long ago that the browser is forgotten."""


def is_name(text: str) -> bool:
    """Whether a user could be called so."""
    return _NAME.fullmatch(text) is not None


def checked_roles(roles: Collection[str]) -> list[str]:
    """`roles` without repeats, in order of `ROLES`. Raises `InvalidValue` for none or an unknown
    one.
    """
    unknown = sorted(set(roles) - set(ROLES))
    if unknown:
        raise InvalidValue(f"unknown role {', '.join(unknown)}; roles are {', '.join(ROLES)}")
    if not roles:
        raise InvalidValue(f"a user needs at least one role of {', '.join(ROLES)}")
    return [role for role in ROLES if role in roles]


@translated()
def create(conn: Connection, name: str, display_name: str, roles: Collection[str]) -> User:
    """Add a person. Raises `Conflict` when the name is taken, `InvalidValue` for its form or an
    unknown role.
    """
    if not is_name(name):
        raise InvalidValue(f"user name {name!r} must be 1 to 64 of a-z 0-9 . _ @ -, first a letter or digit")
    if not display_name.strip():
        raise InvalidValue(f"user {name} needs a name to display")
    with conn.cursor(row_factory=class_row(User)) as cursor:
        user = cursor.execute(
            sql.SQL("""INSERT INTO users (name, display_name, roles) VALUES (%s, %s, %s)
                ON CONFLICT (name) DO NOTHING RETURNING {columns}""").format(columns=_COLUMNS),
            (name, display_name.strip(), checked_roles(roles)),
        ).fetchone()
    if user is None:
        raise Conflict(f"user {name} exists already")
    return user


@translated()
def get(conn: Connection, name: str) -> User:
    """The user called `name`. Raises `NotFound`."""
    with conn.cursor(row_factory=class_row(User)) as cursor:
        user = cursor.execute(
            sql.SQL("SELECT {columns} FROM users WHERE name = %s").format(columns=_COLUMNS), (name,)
        ).fetchone()
    if user is None:
        raise NotFound(f"there is no user {name}")
    return user


@translated()
def listing(conn: Connection, *, after: str = "", limit: int = 100) -> list[User]:
    """Users in order of name, at most `limit`, beginning behind the name `after`."""
    with conn.cursor(row_factory=class_row(User)) as cursor:
        return cursor.execute(
            sql.SQL("SELECT {columns} FROM users WHERE name > %s ORDER BY name LIMIT %s").format(columns=_COLUMNS),
            (after, limit),
        ).fetchall()


@translated()
def with_roles(conn: Connection, roles: Collection[str]) -> list[User]:
    """Everybody who is let in and has one of `roles`, in order of name."""
    with conn.cursor(row_factory=class_row(User)) as cursor:
        return cursor.execute(
            sql.SQL("SELECT {columns} FROM users WHERE active AND roles && %s::text[] ORDER BY name").format(
                columns=_COLUMNS
            ),
            (sorted(roles),),
        ).fetchall()


@translated()
def take_turns(conn: Connection) -> list[str]:
    """Wait for whoever changes a user, and have others wait until this transaction ends: so two administrators cannot
    take leave of each other at the same moment. Returns the administrators who are let in.
    """
    rows = conn.execute("SELECT name FROM users WHERE active AND 'admin' = ANY(roles) ORDER BY name FOR UPDATE")
    return [name for (name,) in rows]


@translated()
def change(
    conn: Connection,
    name: str,
    *,
    display_name: str | None = None,
    roles: Collection[str] | None = None,
    active: bool | None = None,
) -> User:
    """Set what is given of the user `name`. Takes effect with the next request.

    Raises `NotFound`, `InvalidValue`, and `Conflict` when nobody would be left who may administer.
    """
    admins = take_turns(conn)
    with conn.cursor(row_factory=class_row(User)) as cursor:
        user = cursor.execute(
            sql.SQL("""UPDATE users SET
                       display_name = coalesce(%s, display_name), roles = coalesce(%s, roles),
                       active = coalesce(%s, active)
                WHERE name = %s RETURNING {columns}""").format(columns=_COLUMNS),
            (display_name, None if roles is None else checked_roles(roles), active, name),
        ).fetchone()
    if user is None:
        raise NotFound(f"there is no user {name}")
    if admins == [name] and not (user.active and "admin" in user.roles):
        raise Conflict(f"{name} is the last active administrator; make somebody else one first")
    return user


@translated()
def prefer(conn: Connection, name: str, *, language: str | None, calendar: str | None) -> None:
    """Set how the console speaks to the user `name`; None leaves it to the browser. Raises `NotFound`."""
    done = conn.execute("UPDATE users SET language = %s, calendar = %s WHERE name = %s", (language, calendar, name))
    if not done.rowcount:
        raise NotFound(f"there is no user {name}")
