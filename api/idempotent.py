"""`Idempotency-Key`: the same POST, sent twice, is done once and answered twice.

Answers that show a secret are kept without it: the replayed answer has `"secret": null`, and who lost the first one
rotates.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Annotated, Any

from fastapi import Depends, Header, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from api.auditing import Visit, Visiting
from api.errors import BadInput, Contradiction
from catalog.elements import Json
from store import idempotency

REPLAYED = {"Idempotent-Replayed": "true"}


class Once:
    """Does the work of one request at most once, in the visit's transaction."""

    def __init__(self, request: Request, visit: Visit, key: str | None) -> None:
        self._visit = visit
        self._key = key
        self._what = f"{request.method} {request.url.path}\n".encode()

    def run(self, body: BaseModel | None, work: Callable[[], BaseModel], status: int = 201) -> JSONResponse:
        """`work`'s answer, or the one it gave when the key was first used.

        Raises `BadInput` when the key was used for another request, `Contradiction` while the first still runs.
        """
        if self._key is None:
            return _answer(status, work().model_dump(mode="json", by_alias=True))
        digest = hashlib.sha256(self._what + (body.model_dump_json().encode() if body else b"")).digest()
        actor, conn = self._visit.principal.actor, self._visit.conn
        claim = idempotency.claim(conn, actor, self._key, digest)
        if isinstance(claim, idempotency.Replay):
            self._visit.concerns("*", replayed=True)
            return _answer(claim.status, claim.response, REPLAYED)
        if isinstance(claim, idempotency.Mismatch):
            detail = "this Idempotency-Key was used for another request; use a new one"
            raise BadInput(detail, kind="idempotency-key-reused")
        if isinstance(claim, idempotency.InProgress):
            raise Contradiction("the first request with this Idempotency-Key still runs", headers={"Retry-After": "1"})
        answer = work().model_dump(mode="json", by_alias=True)
        idempotency.finish(conn, actor, self._key, status, without_secrets(answer))
        return _answer(status, answer)


def without_secrets(answer: Any) -> Json:
    """`answer` with every secret set to null."""
    if isinstance(answer, dict):
        return {k: None if k == "secret" else without_secrets(v) for k, v in answer.items()}
    if isinstance(answer, list):
        return [without_secrets(v) for v in answer]
    return answer  # type: ignore[no-any-return]  # a leaf of parsed JSON


def _answer(status: int, body: object, headers: Mapping[str, str] | None = None) -> JSONResponse:
    return JSONResponse(body, status, headers=dict(headers or {}))


def _once(
    request: Request,
    visit: Visiting,
    idempotency_key: Annotated[
        str | None,
        Header(pattern=r"^[!-~]{1,128}$", description="Kept 24 hours; the same key does the same thing once."),
    ] = None,
) -> Once:
    return Once(request, visit, idempotency_key)


OnlyOnce = Annotated[Once, Depends(_once)]
