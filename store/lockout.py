"""Attempts to sign in with a password: counted before they are verified, and made to wait, longer each time.

Counted by the name that was typed, whether there is such a user or not. A browser in which that user has signed in
before has a count of its own, so nobody else can keep its user out (docs/decisions/0015).
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass

from store import secrets
from store.database import Connection
from store.errors import translated

FREE_ATTEMPTS = 4
"""A person mistypes; the attempt after these begins to cost."""
FIRST_WAIT_S = 5
LONGEST_WAIT_S = 900
"""About 100 guesses a day at one name, from all addresses together."""
FORGIVEN_AFTER_H = 24
BROWSERS_OF_ONE = 10
BROWSER_DAYS = 180
FORGOTTEN_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt, counted."""

    key: bytes
    """What it is counted under."""
    attempts: int
    """How many there were since the last success, this one among them."""
    wait_s: int
    """How long until the next one; 0: it may come at once."""
    refused: bool
    """It came too early, and was not counted."""


@translated()
def attempt(conn: Connection, name: str, browser: str | None) -> Attempt:
    """Count an attempt as `name` from the browser whose secret is `browser`, unless it comes too early."""
    known = conn.execute(
        """SELECT 1 FROM known_browsers JOIN users USING (user_id)
           WHERE name = %s AND secret_sha256 = %s AND seen_at > now() - make_interval(days => %s)""",
        (name, secrets.sha256(browser or ""), BROWSER_DAYS),
    ).fetchone()
    key = hashlib.sha256("\0".join((name, browser or "")[: 2 if known else 1]).encode()).digest()
    conn.execute(
        """DELETE FROM sign_in_attempts WHERE of_sha256 IN (
               SELECT of_sha256 FROM sign_in_attempts WHERE last_at < now() - make_interval(hours => %s)
               ORDER BY last_at LIMIT %s FOR UPDATE SKIP LOCKED)""",
        (FORGIVEN_AFTER_H, FORGOTTEN_AT_ONCE),
    )
    row = conn.execute(
        """INSERT INTO sign_in_attempts AS a (of_sha256, attempts, last_at, until)
           VALUES (%(key)s, 1, clock_timestamp(), clock_timestamp())
           ON CONFLICT (of_sha256) DO UPDATE SET
               attempts = a.attempts + 1, last_at = clock_timestamp(),
               until = clock_timestamp() + make_interval(secs => CASE
                   WHEN a.attempts < %(free)s THEN 0
                   ELSE least(%(longest)s, %(first)s * power(2, least(a.attempts - %(free)s, 30))) END)
           WHERE a.until <= clock_timestamp()
           RETURNING attempts, extract(epoch FROM until - clock_timestamp())::float""",
        {"key": key, "free": FREE_ATTEMPTS, "first": FIRST_WAIT_S, "longest": LONGEST_WAIT_S},
    ).fetchone()
    if row is not None:
        return Attempt(key, row[0], max(0, math.ceil(row[1])), refused=False)
    attempts, left_s = conn.execute(
        """SELECT attempts, extract(epoch FROM until - clock_timestamp())::float FROM sign_in_attempts
           WHERE of_sha256 = %s""",
        (key,),
    ).fetchone() or (1, 0.0)
    return Attempt(key, attempts, max(1, math.ceil(left_s)), refused=True)


@translated()
def succeeded(conn: Connection, made: Attempt) -> None:
    """Forgive what was counted with `made`: it was the user."""
    conn.execute("DELETE FROM sign_in_attempts WHERE of_sha256 = %s", (made.key,))


@translated()
def know(conn: Connection, user_id: int, browser: str | None) -> str:
    """Remember that the user signed in with `browser`; returns its secret, a new one unless it was known already."""
    row = conn.execute(
        """UPDATE known_browsers SET seen_at = now()
           WHERE user_id = %s AND secret_sha256 = %s AND seen_at > now() - make_interval(days => %s) RETURNING 1""",
        (user_id, secrets.sha256(browser or ""), BROWSER_DAYS),
    ).fetchone()
    if row is not None and browser is not None:
        return browser
    made = secrets.new_secret()
    conn.execute("INSERT INTO known_browsers (user_id, secret_sha256) VALUES (%s, %s)", (user_id, secrets.sha256(made)))
    conn.execute(
        """DELETE FROM known_browsers WHERE user_id = %(user)s AND (
               seen_at < now() - make_interval(days => %(days)s)
               OR secret_sha256 IN (SELECT secret_sha256 FROM known_browsers WHERE user_id = %(user)s
                                    ORDER BY seen_at DESC, secret_sha256 OFFSET %(most)s))""",
        {"user": user_id, "days": BROWSER_DAYS, "most": BROWSERS_OF_ONE},
    )
    return made
