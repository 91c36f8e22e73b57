"""A user's tokens: issued with a secret that is shown once, and revoked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import Path, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import ValidationError

from api.auditing import Visit, Visiting
from api.console import editing, paths
from api.console.catalogues import N_
from api.console.pages import people
from api.console.pages.people import LIFETIMES
from api.console.rendering import page
from api.console.routing import pages
from api.errors import Absent, BadInput
from api.idempotent import Once
from api.sessions.forms import Sent
from api.tokens import endpoints as tokens
from api.tokens.schemas import IssuedToken, NewToken, Token
from api.users import endpoints as users
from api.users.endpoints import UserName
from store import tokens as kept

router = pages()

MISTAKES = {
    "label": N_("1 to 100 characters that say what it is for, and where it is kept."),
    "days": N_("Choose one of these."),
}
SENT_BEFORE = N_(
    "This form was sent before, and a token issued then; this time it asked for another one, or came more than an hour "
    "later. Nothing was issued now. If you need one more, send the form below."
)
TokenId = Annotated[int, Path(ge=1, le=2**31 - 1)]


@router.post("/users/{user}/tokens")
def issue(request: Request, visit: Visiting, user: UserName, sent: Sent) -> Response:
    """Issue a token and show its secret: in this answer, and never again. Sent again, the same form shows none."""
    users.detail(visit, user)
    days = sent.get("days", "")
    wrong = {} if days in LIFETIMES else {"days": MISTAKES["days"]}
    try:
        body = NewToken(user=user, label=sent.get("label", ""), expires_at=None if wrong else _expiry(days))
    except ValidationError as error:
        wrong |= editing.wrong_fields(error, MISTAKES)
    if wrong:
        visit.concerns("*", user=user, issued=False)
        return people.shown(request, visit, user, issued=sent, wrong=wrong, status=422)
    try:
        answer = tokens.issue(visit, Once(request, visit, editing.once(sent)), body)
    except BadInput as error:
        if error.slug != "idempotency-key-reused":
            raise
        visit.concerns("*", user=user, issued=False)
        return people.shown(request, visit, user, issued=sent, trouble=SENT_BEFORE, status=409)
    done = IssuedToken.model_validate_json(bytes(answer.body))
    link = f"{request.url.scheme}://{request.url.netloc}/sign-in#token={done.secret}"
    return page(request, visit, "users/issued.html", user=user, token=done.token, secret=done.secret, sign_in=link)


@router.get("/users/{user}/tokens/{token}/revoke")
def confirm(request: Request, visit: Visiting, user: UserName, token: TokenId) -> HTMLResponse:
    """What it means to revoke it, before it is done."""
    found = _of_user(visit, user, token)
    ended = people.has_ended(found, datetime.now(UTC))
    return page(request, visit, "users/revoke.html", user=user, token=found, ended=ended)


@router.post("/users/{user}/tokens/{token}/revoke")
def revoke(visit: Visiting, user: UserName, token: TokenId) -> Response:
    """End it now, and the sessions that were opened with it."""
    _of_user(visit, user, token)
    tokens.revoke(visit, token)
    return RedirectResponse(paths.url("/users/{user}", {"done": "revoked"}, user=user), 303)


def _expiry(days: str) -> datetime | None:
    """In so many days, at the full hour after: the form sent again must ask for the same."""
    if not days:
        return None
    hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return hour + timedelta(days=int(days))


def _of_user(visit: Visit, user: str, token: int) -> Token:
    """The token, if it is that user's. Raises `Absent`, `store.errors.NotFound`."""
    users.detail(visit, user)
    found = Token.model_validate(kept.get(visit.conn, token))
    if found.user != user:
        raise Absent(f"{user} has no token {token}; their page lists those they have")
    return found
