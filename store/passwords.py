"""Passwords of people: kept as argon2id with the library's current parameters, and never as they are.

Hashing and verifying take tens of milliseconds and 64 MiB each, on purpose: never inside a transaction, and the caller
bounds how many run at once. Rules: NIST SP 800-63B, section 3.1.1.2 - length, no composition, no well-known ones.
"""

from __future__ import annotations

import base64
import unicodedata
from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib import resources
from secrets import token_bytes

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import ARGON2_VERSION

from store.database import Connection
from store.errors import InvalidValue, NotFound, translated

MIN_CHARS = 12
MAX_CHARS = 256
MIN_DIFFERENT = 4
"""Characters that differ: less is one key held down, or two."""
_HASHER = PasswordHasher()


class Flaw(Enum):
    """Why a password is not taken, for people."""

    SHORT = f"it has fewer than {MIN_CHARS} characters; a few words make a good one"
    LONG = f"it has more than {MAX_CHARS} characters"
    NAME = "it is the name of the user"
    COMMON = "it is among those that are tried first; take one that nobody else has"


class WeakPassword(InvalidValue):
    """A new password is not taken; `flaw` says why."""

    def __init__(self, flaw: Flaw) -> None:
        super().__init__(f"this password cannot be used: {flaw.value}")
        self.flaw = flaw


@dataclass(frozen=True, slots=True)
class Kept:
    """A user as a password is verified against: `password_hash` is None for one who has none, or is let in nowhere."""

    user_id: int
    name: str
    display_name: str
    password_hash: str | None


@translated()
def kept(conn: Connection, name: str) -> Kept | None:
    """What is kept of the user `name`; None when there is none."""
    row = conn.execute(
        """SELECT user_id, name, display_name, CASE WHEN active THEN password_hash END FROM users WHERE name = %s""",
        (name,),
    ).fetchone()
    return None if row is None else Kept(*row)


def require_good(password: str, *names: str) -> None:
    """Raise `WeakPassword` unless `password` may be that of a user called by any of `names`."""
    text = _normal(password)
    folded = text.casefold()
    if len(text) < MIN_CHARS:
        raise WeakPassword(Flaw.SHORT)
    if len(text) > MAX_CHARS:
        raise WeakPassword(Flaw.LONG)
    if folded.strip() in {_normal(name).casefold().strip() for name in names}:
        raise WeakPassword(Flaw.NAME)
    if folded in common() or len(set(folded)) < MIN_DIFFERENT:
        raise WeakPassword(Flaw.COMMON)


def hashed(password: str) -> str:
    """What is kept in the place of `password`. Takes long; see above."""
    return _HASHER.hash(_normal(password))


def verify(kept_hash: str | None, password: str) -> bool:
    """Whether `kept_hash` was made from `password`. Without one it takes as long and is false."""
    try:
        _HASHER.verify(kept_hash or unmatched(), _normal(password))
    except (VerificationError, InvalidHashError):
        return False
    return kept_hash is not None


def is_outdated(kept_hash: str) -> bool:
    """Whether it was made with parameters other than today's."""
    return _HASHER.check_needs_rehash(kept_hash)


def unmatched() -> str:
    """A hash with today's parameters that no password is known for: verifying against it costs the same."""
    salt, digest = (_bare(token_bytes(size)) for size in (_HASHER.salt_len, _HASHER.hash_len))
    costs = f"m={_HASHER.memory_cost},t={_HASHER.time_cost},p={_HASHER.parallelism}"
    return f"$argon2id$v={ARGON2_VERSION}${costs}${salt}${digest}"


@translated()
def change(conn: Connection, name: str, new_hash: str) -> None:
    """Give the user `name` a password, as `hashed` made it. All their sessions end with it. Raises `NotFound`."""
    done = conn.execute(
        "UPDATE users SET password_hash = %s, password_changed_at = clock_timestamp() WHERE name = %s", (new_hash, name)
    )
    if not done.rowcount:
        raise NotFound(f"there is no user {name}")


@translated()
def rehash(conn: Connection, user_id: int, old_hash: str, new_hash: str) -> None:
    """Keep the same password in another form, unless it was changed meanwhile. Sessions go on."""
    conn.execute(
        "UPDATE users SET password_hash = %s WHERE user_id = %s AND password_hash = %s", (new_hash, user_id, old_hash)
    )


@cache
def common() -> frozenset[str]:
    """Passwords of twelve characters or more such as are tried first."""
    return frozenset(resources.files("store").joinpath("common_passwords.txt").read_text("utf-8").splitlines())


def _normal(password: str) -> str:
    """One form for what looks the same: keyboards differ in how they compose letters."""
    return unicodedata.normalize("NFKC", password)


def _bare(raw: bytes) -> str:
    return base64.b64encode(raw).decode().rstrip("=")
