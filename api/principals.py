"""Who is asking: a user by bearer token or session cookie, a device by HTTP Basic; not what they may do."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import Request

from api.errors import TooManyFailures, Unauthenticated
from api.services import Services
from api.sessions import cookies, origins
from api.throttle import Throttle
from store import devices, sessions, tokens
from store.database import Connection
from store.devices import Device

MAX_CREDENTIAL_CHARS = 512
_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]+")
_BEARER = {"WWW-Authenticate": 'Bearer realm="vop"'}
_BASIC = {"WWW-Authenticate": 'Basic realm="vop", charset="UTF-8"'}


@dataclass(frozen=True, slots=True)
class OpenSession:
    """The session a request belongs to."""

    session_id: int
    since: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Principal:
    """A user who proved to be one, with the roles held right now."""

    user_id: int
    user: str
    roles: frozenset[str]
    display_name: str = ""
    language: str | None = None
    """None: as the browser asks."""
    calendar: str | None = None
    session: OpenSession | None = None
    """None: by bearer token."""

    @property
    def actor(self) -> str:
        """Name in the audit log."""
        return f"user:{self.user}"


def user_of(request: Request, conn: Connection, services: Services, *, in_use: bool = True) -> Principal:
    """The user whose token or session the request carries. Raises `Unauthenticated`, `TooManyFailures`, `CrossSite`.

    `in_use` keeps a session from growing old. `conn` must have changed nothing yet. What pages need is left in
    `request.state`: `principal`, and `csrf` for their forms.
    """
    secret = cookies.session_of(request, services.settings)
    if secret is None:
        principal = _by_token(request, conn, services.throttle)
    elif "authorization" in request.headers:
        raise Unauthenticated("the request carries a session cookie and an Authorization header; send one of them")
    else:
        principal = _by_session(request, conn, services, secret, in_use=in_use)
        request.state.csrf = origins.csrf_token(secret)
    request.state.principal = principal
    return principal


def _by_session(request: Request, conn: Connection, services: Services, secret: str, *, in_use: bool) -> Principal:
    safe = origins.is_safe(request)
    if not safe:
        origins.require_own(request)
    row = sessions.holds(conn, secret, timedelta(minutes=services.settings.session_idle_min))
    if row is None:
        raise Unauthenticated("the session has ended; sign in again", headers=_BEARER)
    if not safe:
        origins.require_token(request, secret)
    if row.stale and in_use:
        sessions.touch(conn, row.session_id)
    opened = OpenSession(row.session_id, row.created_at, row.expires_at)
    return Principal(row.user_id, row.user, frozenset(row.roles), row.display_name, row.language, row.calendar, opened)


def _by_token(request: Request, conn: Connection, throttle: Throttle) -> Principal:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not is_token(token):
        raise Unauthenticated("send `Authorization: Bearer <token>`; `vop tokens add` issues one", headers=_BEARER)
    credential, address = token.encode(), address_of(request)
    may_try(throttle, address, credential)
    row = tokens.principal_of(conn, token)
    if row is None:
        throttle.failed(address, credential)
        raise Unauthenticated(
            "the token is unknown, expired or revoked; ask an administrator for a new one",
            headers={"WWW-Authenticate": f'{_BEARER["WWW-Authenticate"]}, error="invalid_token"'},
        )
    throttle.succeeded(credential)
    return Principal(row.user_id, row.user, frozenset(row.roles), row.display_name, row.language, row.calendar)


def device_of(request: Request, conn: Connection, throttle: Throttle) -> Device:
    """The device whose id and secret the request carries. Raises `Unauthenticated`, `TooManyFailures`."""
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic" or len(encoded) > MAX_CREDENTIAL_CHARS:
        raise Unauthenticated("send HTTP Basic with the device id and its secret", headers=_BASIC)
    try:
        credential = base64.b64decode(encoded.strip(), validate=True)
        name, _, secret = credential.decode().partition(":")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise Unauthenticated("the HTTP Basic credentials are not readable", headers=_BASIC) from error
    address = address_of(request)
    may_try(throttle, address, credential)
    device = None if "\0" in name else devices.authenticate(conn, name, secret)
    if device is None:
        throttle.failed(address, credential)
        raise Unauthenticated("the device is unknown or its secret is wrong or revoked", headers=_BASIC)
    throttle.succeeded(credential)
    return device


def is_token(text: str) -> bool:
    """Whether `text` could be a token at all."""
    return len(text) <= MAX_CREDENTIAL_CHARS and _TOKEN.fullmatch(text) is not None


def address_of(request: Request) -> str:
    """Where it comes from."""
    return request.client.host if request.client else "unknown"


def may_try(throttle: Throttle, address: str, credential: bytes) -> None:
    """Raise `TooManyFailures` while `address` may not try `credential`."""
    wait = throttle.wait_s(address, credential)
    if wait:
        raise TooManyFailures(
            f"too many failed attempts from this address; wait {wait} s", headers={"Retry-After": str(wait)}
        )
