"""API tokens: for administrators."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Query
from fastapi.responses import JSONResponse

from api.auditing import Visiting
from api.errors import BadInput
from api.idempotent import OnlyOnce
from api.paging import Cursor, Limit, Page, decode, page
from api.routing import feature
from api.tokens.schemas import IssuedToken, NewToken, Token
from api.users.schemas import Name
from store import tokens, users
from store.errors import NotFound

router = feature("tokens")


@router.get("/tokens")
def listing(
    visit: Visiting,
    user: Annotated[Name | None, Query(description="Of this user alone.")] = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page[Token]:
    """Tokens, ended ones too."""
    after = decode(cursor, "tokens", int)
    rows = tokens.listing(visit.conn, user=user, after=after[0] if after else 0, limit=limit)
    return page("tokens", rows, limit, lambda row: (row.token_id,), Token.model_validate)


@router.post("/tokens", status_code=201, response_model=IssuedToken)
def issue(visit: Visiting, once: OnlyOnce, body: NewToken) -> JSONResponse:
    """Issue a token to a user; its secret is shown once."""

    def work() -> IssuedToken:
        try:
            user = users.get(visit.conn, body.user)
        except NotFound as error:
            raise BadInput(f"user: {error}") from error
        token, secret = tokens.issue(visit.conn, user.user_id, body.label, expires_at=body.expires_at)
        visit.concerns(str(token.token_id), user=body.user)
        return IssuedToken(token=Token.model_validate(token), secret=secret)

    return once.run(body, work)


@router.delete("/tokens/{token}")
def revoke(
    visit: Visiting,
    token: Annotated[int, Path(ge=1, le=2**31 - 1, description="Number of the token, `token_id` in lists.")],
) -> Token:
    """End a token now."""
    revoked = tokens.revoke(visit.conn, token)
    visit.concerns(str(token), user=revoked.user)
    return Token.model_validate(revoked)
