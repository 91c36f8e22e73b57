"""Who is asking: a user by bearer token, a device by HTTP Basic. Nothing here says what they may do."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass

from fastapi import Request

from api.errors import TooManyFailures, Unauthenticated
from api.throttle import Throttle
from store import devices, tokens
from store.database import Connection
from store.devices import Device

MAX_CREDENTIAL_CHARS = 512
_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]+")
_BEARER = {"WWW-Authenticate": 'Bearer realm="vop"'}
_BASIC = {"WWW-Authenticate": 'Basic realm="vop", charset="UTF-8"'}


@dataclass(frozen=True, slots=True)
class Principal:
    """A user who proved to be one, with the roles held right now."""

    user_id: int
    user: str
    roles: frozenset[str]

    @property
    def actor(self) -> str:
        """Name in the audit log."""
        return f"user:{self.user}"


def user_of(request: Request, conn: Connection, throttle: Throttle) -> Principal:
    """The user whose token the request carries. Raises `Unauthenticated`, `TooManyFailures`."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not _TOKEN.fullmatch(token) or len(token) > MAX_CREDENTIAL_CHARS:
        raise Unauthenticated("send `Authorization: Bearer <token>`; `vop tokens add` issues one", headers=_BEARER)
    credential, address = token.encode(), _address(request)
    _may_try(throttle, address, credential)
    row = tokens.principal_of(conn, token)
    if row is None:
        throttle.failed(address, credential)
        raise Unauthenticated(
            "the token is unknown, expired or revoked; ask an administrator for a new one",
            headers={"WWW-Authenticate": f'{_BEARER["WWW-Authenticate"]}, error="invalid_token"'},
        )
    throttle.succeeded(credential)
    return Principal(row.user_id, row.user, frozenset(row.roles))


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
    address = _address(request)
    _may_try(throttle, address, credential)
    device = None if "\0" in name else devices.authenticate(conn, name, secret)
    if device is None:
        throttle.failed(address, credential)
        raise Unauthenticated("the device is unknown or its secret is wrong or revoked", headers=_BASIC)
    throttle.succeeded(credential)
    return device


def _address(request: Request) -> str:
    return request.client.host if request.client else "unknown"


def _may_try(throttle: Throttle, address: str, credential: bytes) -> None:
    wait = throttle.wait_s(address, credential)
    if wait:
        raise TooManyFailures(
            f"too many failed attempts from this address; wait {wait} s", headers={"Retry-After": str(wait)}
        )
