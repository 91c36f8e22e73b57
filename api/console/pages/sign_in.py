"""Sign in and out. The form is open to everybody; who is signed in already may become somebody else there."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from api.auditing import Visiting
from api.console.paths import own_path
from api.console.rendering import page
from api.console.routing import pages
from api.errors import Refused, TooManyFailures, Unauthenticated
from api.services import Serving
from api.sessions import cookies, signing_in
from api.sessions.forms import Form, Sent
from store import sessions

router = pages()

SIGN_IN = "/sign-in"


@router.get("/sign-in")
async def form(request: Request, next: Annotated[str, Query(max_length=4000)] = "/") -> HTMLResponse:  # noqa: A002
    """Where people prove who they are."""
    return _page(request, target(next))


@router.post("/sign-in")
async def sign_in(request: Request, services: Serving, sent: Sent) -> Response:
    """Begin a session and go where they wanted to."""
    wanted = target(sent.get("next"))
    try:
        done = await _proved(request, services, sent)
    except (Unauthenticated, TooManyFailures) as refusal:
        return _page(request, wanted, sent, refusal)
    answer = RedirectResponse(wanted, 303)
    cookies.give(answer, request, services.settings, session=done.session, browser=done.browser)
    return answer


@router.post("/sign-out")
def sign_out(request: Request, visit: Visiting) -> RedirectResponse:
    """End this browser's session; other browsers keep theirs."""
    settings = visit.services.settings
    secret = cookies.session_of(request, settings)
    if secret is not None:
        sessions.end(visit.conn, secret)
    visit.concerns(visit.principal.user)
    answer = RedirectResponse(SIGN_IN, 303)
    cookies.take(answer, request, settings)
    return answer


def target(wanted: str | None) -> str:
    """Where to go afterwards: a page of ours, and not this one."""
    path = own_path(wanted)
    return "/" if path.partition("?")[0] == SIGN_IN else path


async def _proved(request: Request, services: Serving, sent: Form) -> signing_in.SignedIn:
    if sent.get("token", "").strip():
        return await signing_in.by_token(request, services, sent["token"])
    return await signing_in.by_password(request, services, sent.get("user", ""), sent.get("password", ""))


def _page(request: Request, wanted: str, sent: Form | None = None, refusal: Refused | None = None) -> HTMLResponse:
    sent = sent or {}
    wait_s = refusal.headers.get("Retry-After", "") if refusal else ""
    made = page(
        request,
        None,
        "sign_in/form.html",
        status=(429 if wait_s else 401) if refusal else 200,
        wanted=wanted,
        user=sent.get("user", "")[:64],
        by_token=bool(sent.get("token")),
        refused=refusal is not None,
        wait_s=int(wait_s or 0),
    )
    if wait_s:
        made.headers["Retry-After"] = wait_s
    return made
