"""How a person signs in, by token or by name and password, and how they change the password.

A password is verified between two transactions, and no more than a few at once. An attempt is counted before it is
verified, so that many at the same moment are no way round the count; and whether the name is unknown, without password
or suspended, or the password wrong, the same statements run, as much is hashed, and the words are the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from fastapi import Request
from fastapi.concurrency import run_in_threadpool

from api import principals
from api.auditing import queued, visit_of
from api.errors import BadInput, Forbidden, TooManyFailures, Unauthenticated
from api.services import Services
from api.sessions import cookies, origins
from store import audit, lockout, passwords, sessions
from store.audit import Entry
from store.database import Connection
from store.lockout import Attempt
from store.passwords import Kept
from store.sessions import Opened
from store.users import is_name

WRONG = "the user name or the password is not right, or this user has no password; a token works too"
NOBODY = "nobody"
"""Who acts in the audit log before they have proved to be anybody."""

T = TypeVar("T")


class NotTheSame(BadInput):
    """A new password was written in two ways."""


class TheOldOne(BadInput):
    """A new password is none."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What the browser is given: the secrets of its session and of itself."""

    session: str
    browser: str


async def by_token(request: Request, services: Services, token: str) -> SignedIn:
    """A session for the user of `token`. Raises `Unauthenticated`, `TooManyFailures`, `CrossSite`, `Overloaded`."""
    origins.require_own(request)
    token = token.strip()
    credential, address = token.encode(), principals.address_of(request)
    principals.may_try(services.throttle, address, credential)
    lasts = timedelta(hours=services.settings.session_h)

    def work(conn: Connection) -> SignedIn | None:
        opened = sessions.open_by_token(conn, token, lasts) if principals.is_token(token) else None
        if opened is None:
            audit.write(conn, _entry(None, "sign_in", "denied", by="token"))
            return None
        return _signed_in(conn, request, services, opened, by="token", token=opened.token_id)

    done = await _in_transaction(services, work)
    if done is None:
        services.throttle.failed(address, credential)
        raise Unauthenticated("the token is unknown, expired or revoked; ask an administrator for a new one")
    services.throttle.succeeded(credential)
    return done


async def by_password(request: Request, services: Services, name: str, password: str) -> SignedIn:
    """A session for the user `name`. Raises as `by_token`."""
    origins.require_own(request)
    name = name.strip().lower()
    asked = name if is_name(name) else ""
    credential, address = _browser(request, services).encode(), principals.address_of(request)
    principals.may_try(services.throttle, address, credential)
    kept, attempt = await _in_transaction(services, lambda conn: _begin(conn, request, services, name, asked))
    if attempt.refused:
        services.throttle.failed(address, b"")
        raise _wait(attempt)
    fits = await _hash(services, lambda: passwords.verify(kept.password_hash if kept else None, password))
    lasts = timedelta(hours=services.settings.session_h)

    def work(conn: Connection) -> SignedIn | None:
        opened = None
        if kept is not None and kept.password_hash is not None and fits:
            opened = sessions.open_by_password(conn, kept.password_hash, kept.user_id, lasts)
        if opened is None:
            audit.write_all(conn, _failed(kept, attempt))
            return None
        lockout.succeeded(conn, attempt)
        return _signed_in(conn, request, services, opened, by="password")

    done = await _in_transaction(services, work)
    if done is None:
        services.throttle.failed(address, credential)
        raise Unauthenticated(WRONG)
    services.throttle.succeeded(done.browser.encode())
    await _renew_hash(services, kept, password)
    return done


async def change_password(request: Request, services: Services, current: str, new: str, again: str) -> SignedIn:
    """Give the visitor another password. Every session of theirs ends, and a new one begins in this browser.

    Who has no password gets the first from an administrator: a token that leaked for a day must not become a password.
    Raises `NotTheSame`, `TheOldOne`, `Forbidden`, `TooManyFailures`, `store.passwords.WeakPassword`, and as
    `auditing.visiting` does.
    """

    def begin(conn: Connection) -> tuple[Kept | None, Attempt]:
        visitor = principals.user_of(request, conn, services)
        if new != again:
            raise NotTheSame("the new password and its repetition differ; write the same twice")
        passwords.require_good(new, visitor.user, visitor.display_name)
        if new == current:
            raise TheOldOne("the new password is the old one; choose another")
        return _begin(conn, request, services, visitor.user, visitor.user)

    kept, attempt = await _in_transaction(services, begin)
    if attempt.refused:
        raise _wait(attempt)
    assert kept is not None  # whoever just made the request
    fits = await _hash(services, lambda: passwords.verify(kept.password_hash, current))
    new_hash = await _hash(services, lambda: passwords.hashed(new)) if fits else ""
    return await _in_turn(services, lambda: _changed(request, services, kept, attempt, new_hash))


def _changed(request: Request, services: Services, kept: Kept, attempt: Attempt, new_hash: str) -> SignedIn:
    with visit_of(request, services) as visit:
        visit.concerns(kept.name)
        current = passwords.kept(visit.conn, kept.name)
        if not new_hash or current != kept:
            raise Forbidden("the current password is not right, or there is none; an administrator can set one")
        lockout.succeeded(visit.conn, attempt)
        passwords.change(visit.conn, kept.name, new_hash)
        lasts = timedelta(hours=services.settings.session_h)
        opened = sessions.open_by_password(visit.conn, new_hash, kept.user_id, lasts)
        if opened is None:
            raise Unauthenticated("the user was suspended meanwhile")
        browser = lockout.know(visit.conn, kept.user_id, _browser(request, services))
        return SignedIn(opened.secret, browser)


def _begin(
    conn: Connection, request: Request, services: Services, counted: str, asked: str
) -> tuple[Kept | None, Attempt]:
    kept = passwords.kept(conn, asked)
    return kept, lockout.attempt(conn, counted, _browser(request, services))


def _signed_in(
    conn: Connection, request: Request, services: Services, opened: Opened, *, by: str, token: int | None = None
) -> SignedIn:
    """Rotate: the session that the browser had before ends, whosesoever it was."""
    before = cookies.session_of(request, services.settings)
    if before is not None:
        sessions.end(conn, before)
    browser = lockout.know(conn, opened.user_id, _browser(request, services))
    detail: dict[str, Any] = {"by": by} | ({"token": token} if token is not None else {})
    audit.write(conn, _entry(opened.user, "sign_in", "allowed", roles=opened.roles, **detail))
    return SignedIn(opened.secret, browser)


def _failed(kept: Kept | None, attempt: Attempt) -> list[Entry]:
    name = kept.name if kept else None  # what was typed in the place of a name may be a password
    entries = [_entry(name, "sign_in", "denied", by="password", attempts=attempt.attempts)]
    if attempt.wait_s:
        entries.append(_entry(name, "lock_out", "denied", attempts=attempt.attempts, wait_s=attempt.wait_s))
    return entries


def _entry(
    name: str | None, verb: str, outcome: audit.Outcome, *, roles: list[str] | None = None, **detail: Any
) -> Entry:
    return Entry(
        actor=f"user:{name}" if name and outcome == "allowed" else NOBODY,
        action=f"session.{verb}",
        object_type="session",
        object=name or "*",
        roles=roles or (),
        outcome=outcome,
        detail=detail,
    )


def _wait(attempt: Attempt) -> TooManyFailures:
    detail = f"too many failed attempts with this name; wait {attempt.wait_s} s, or sign in with a token"
    return TooManyFailures(detail, headers={"Retry-After": str(attempt.wait_s)})


def _browser(request: Request, services: Services) -> str:
    return cookies.browser_of(request, services.settings) or ""


async def _renew_hash(services: Services, kept: Kept | None, password: str) -> None:
    """Keep the password with today's parameters: only now is it here to be hashed again."""
    if kept is None or kept.password_hash is None or not passwords.is_outdated(kept.password_hash):
        return
    user_id, old = kept.user_id, kept.password_hash
    new = await _hash(services, lambda: passwords.hashed(password))
    await _in_transaction(services, lambda conn: passwords.rehash(conn, user_id, old, new))


async def _hash(services: Services, work: Callable[[], T]) -> T:
    async with queued(services.hashing):
        return await run_in_threadpool(work)


async def _in_transaction(services: Services, work: Callable[[Connection], T]) -> T:
    def run() -> T:
        with services.database.connection() as conn:
            return work(conn)

    return await _in_turn(services, run)


async def _in_turn(services: Services, work: Callable[[], T]) -> T:
    async with queued(services.at_work):
        return await run_in_threadpool(work)
