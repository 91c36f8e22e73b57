"""Problem details (RFC 9457): one table of kinds, one way to render them.

`type` is `urn:vop:problem:<kind>` and never changes once released; docs/api.md explains each.
"""

from __future__ import annotations

import http
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

import store.errors as stored
from api.errors import Refused
from voice.errors import BadWindow, NoSuchProduct, TooManyPeriods, VoiceError

TYPE_PREFIX = "urn:vop:problem:"
MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_S = 5
"""What a client is told to wait while the database is away: a restart takes about as long."""


class Kind(NamedTuple):
    """A kind of problem: its HTTP status and the title that never varies."""

    status: int
    title: str


KINDS: Mapping[str, Kind] = {
    "malformed-body": Kind(400, "The body cannot be read"),
    "unauthenticated": Kind(401, "Credentials are needed"),
    "forbidden": Kind(403, "Your role does not allow this"),
    "cross-site": Kind(403, "The request was not made by a page of ours"),
    "sensitive": Kind(403, "Only the customer's care team may see this"),
    "not-found": Kind(404, "There is no such thing"),
    "method-not-allowed": Kind(405, "The path does not know this method"),
    "conflict": Kind(409, "It contradicts what is stored"),
    "body-too-large": Kind(413, "The body is too large"),
    "invalid-request": Kind(422, "The request is not valid"),
    "unknown-parameter": Kind(422, "A query parameter is not known"),
    "bad-cursor": Kind(422, "The cursor cannot be used"),
    "bad-period": Kind(422, "The period cannot be used"),
    "idempotency-key-reused": Kind(422, "The idempotency key belongs to another request"),
    "query-too-long": Kind(422, "The answer took too long to find"),
    "too-many-failures": Kind(429, "Too many failed attempts"),
    "internal-error": Kind(500, "Something failed on our side"),
    "database-away": Kind(503, "The database is away"),
    "overloaded": Kind(503, "The service is busy"),
    "schema-mismatch": Kind(503, "Database, program and catalogue do not fit together"),
}

_BY_STATUS = {400: "malformed-body", 404: "not-found", 405: "method-not-allowed", 413: "body-too-large"}


class Mistake(BaseModel):
    """One thing wrong with a request: where, and what. The value sent is never repeated; it may be personal."""

    where: str
    what: str


class Problem(BaseModel):
    """The body of every answer that is not a success."""

    type: str
    title: str
    status: int
    detail: str
    request_id: str
    errors: list[Mistake] | None = None


def response(
    slug: str,
    detail: str,
    *,
    request_id: str,
    headers: Mapping[str, str] | None = None,
    errors: Sequence[Mistake] | None = None,
) -> JSONResponse:
    """The answer that tells problem `slug`."""
    kind = KINDS[slug]
    body = Problem(
        type=TYPE_PREFIX + slug,
        title=kind.title,
        status=kind.status,
        detail=detail,
        request_id=request_id,
        errors=None if errors is None else list(errors),
    )
    return JSONResponse(
        body.model_dump(exclude_none=True), kind.status, headers=dict(headers or {}), media_type=MEDIA_TYPE
    )


def request_id_of(request: Request) -> str:
    """The id this request is logged under."""
    return str(request.scope.get("vop.request_id", ""))


def _refused(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Refused)
    return response(error.slug, error.detail, request_id=request_id_of(request), headers=error.headers)


def _invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    faults = [Mistake(where=".".join(map(str, e["loc"])), what=str(e["msg"])) for e in error.errors()]
    detail = f"{len(faults)} thing(s) to correct; `errors` says where and what"
    return response("invalid-request", detail, request_id=request_id_of(request), errors=faults)


def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    slug = _BY_STATUS.get(error.status_code, "invalid-request" if error.status_code < 500 else "internal-error")
    words = http.HTTPStatus(error.status_code).phrase
    detail = {
        "not-found": f"no route answers {request.url.path}; /api/v1/openapi.json lists them",
        "method-not-allowed": f"{request.method} is not offered here; see the Allow header",
        "malformed-body": "the body is not readable JSON",
    }.get(slug, str(error.detail or words))
    return response(slug, detail, request_id=request_id_of(request), headers=error.headers)


_STORED: Mapping[type[stored.StoreError], tuple[str, dict[str, str]]] = {
    stored.Unavailable: ("database-away", {"Retry-After": str(RETRY_AFTER_S)}),
    stored.Retry: ("overloaded", {"Retry-After": "1"}),
    stored.SchemaError: ("schema-mismatch", {"Retry-After": "60"}),
    stored.NotFound: ("not-found", {}),
    stored.Conflict: ("conflict", {}),
    stored.InvalidValue: ("invalid-request", {}),
    stored.QueryTooLong: ("query-too-long", {}),
}


def _of_store(request: Request, error: Exception) -> JSONResponse:
    found = next(((slug, headers) for kind, (slug, headers) in _STORED.items() if isinstance(error, kind)), None)
    if found is None:
        raise error
    slug, headers = found
    return response(slug, str(error), request_id=request_id_of(request), headers=headers)


_VOICE: Mapping[type[VoiceError], str] = {
    BadWindow: "bad-period",
    TooManyPeriods: "bad-period",
    NoSuchProduct: "schema-mismatch",
}


def _of_voice(request: Request, error: Exception) -> JSONResponse:
    slug = next((slug for kind, slug in _VOICE.items() if isinstance(error, kind)), None)
    if slug is None:
        raise error
    return response(slug, str(error), request_id=request_id_of(request))


def install(app: FastAPI) -> None:
    """Tell every refusal as a problem. What is not listed is a fault of ours: `envelope` answers it with 500."""
    handlers: list[tuple[type[Exception], Callable[[Request, Exception], Any]]] = [
        (Refused, _refused),
        (RequestValidationError, _invalid),
        (HTTPException, _http),
        (stored.StoreError, _of_store),
        (VoiceError, _of_voice),
    ]
    for kind, handler in handlers:
        app.add_exception_handler(kind, handler)
