"""Problems told to people: the same kinds as `api.problems`, as a page, wherever the path is a page's."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from inspect import isawaitable
from typing import Any, NamedTuple
from urllib.parse import quote, unquote

from fastapi import FastAPI, Request, Response
from fastapi.responses import RedirectResponse

from api import problems
from api.console.catalogues import N_
from api.console.paths import own_path
from api.console.rendering import page
from api.permissions import is_page

log = logging.getLogger(__name__)

SIGN_IN = "/sign-in"


class Words(NamedTuple):
    """What a problem is called, and what a person can do about it."""

    title: str
    advice: str


_ASK = N_("Ask an administrator if you need it for your work.")
_CORRECT = N_("Go back, correct it and try again.")
_WAIT = N_("Wait a few seconds and load the page again.")

WORDS: Mapping[str, Words] = {
    "malformed-body": Words(N_("What was sent cannot be read"), _CORRECT),
    "unauthenticated": Words(N_("You are not signed in"), N_("Sign in, then come back to this page.")),
    "forbidden": Words(N_("Your role does not allow this"), _ASK),
    "cross-site": Words(
        N_("The request did not come from this page"), N_("Load the page again, then repeat what you did.")
    ),
    "sensitive": Words(N_("Only the customer's care team may see this"), _ASK),
    "not-found": Words(N_("There is no such page or thing"), N_("Check the address, or search for it.")),
    "method-not-allowed": Words(N_("This page cannot be used in that way"), _CORRECT),
    "conflict": Words(N_("It contradicts what is stored"), _CORRECT),
    "body-too-large": Words(N_("What was sent is too large"), N_("Send less at once.")),
    "invalid-request": Words(N_("Something in the request is not valid"), _CORRECT),
    "unknown-parameter": Words(N_("The address asks for something this page does not know"), _CORRECT),
    "bad-cursor": Words(N_("This part of the list is no longer there"), N_("Start again at its beginning.")),
    "bad-period": Words(N_("The period cannot be used"), N_("Choose another beginning or end.")),
    "idempotency-key-reused": Words(N_("This was sent before, with other contents"), _CORRECT),
    "query-too-long": Words(N_("The answer took too long to find"), N_("Ask for a shorter period or search for more.")),
    "too-many-failures": Words(N_("Too many failed attempts"), N_("Wait a minute, then try again.")),
    "internal-error": Words(
        N_("Something failed on our side"), N_("Nothing was changed. Report the request id if it happens again.")
    ),
    "database-away": Words(N_("The database is away"), _WAIT),
    "overloaded": Words(N_("The service is busy"), _WAIT),
    "schema-mismatch": Words(
        N_("Database, program and catalogue do not fit together"), N_("Tell whoever runs this service.")
    ),
}
"""Every kind of `problems.KINDS`."""


def retold(request: Request, answer: Response) -> Response:
    """A problem as a page where a page was asked for; any other answer as it is."""
    if answer.media_type != problems.MEDIA_TYPE or not is_page(request.url.path):
        return answer
    if answer.status_code == 404 and (there := _without_slash(request)):
        return RedirectResponse(there, 308)
    try:
        return _page(request, problems.Problem.model_validate_json(bytes(answer.body)), answer)
    except Exception:  # the last resort's own fault: the problem is still told, as programs read it
        log.exception("the page of problem %d could not be made", answer.status_code)
        return answer


def _page(request: Request, problem: problems.Problem, answer: Response) -> Response:
    kept = {name: answer.headers[name] for name in ("retry-after", "allow") if name in answer.headers}
    if problem.status == 401 and request.url.path != SIGN_IN:
        return _to_sign_in(request)
    slug = problem.type.removeprefix(problems.TYPE_PREFIX)
    template = "problem_fragment.html" if "hx-request" in request.headers else "problem.html"
    made = page(request, None, template, status=problem.status, problem=problem, words=WORDS[slug])
    made.headers.update(kept)
    return made


def _without_slash(request: Request) -> str | None:
    """The address meant by one that ends in a slash and that no route knows: the same without it, on this site only."""
    path = request.scope.get("raw_path", b"").decode("latin-1").partition("?")[0]
    if request.method not in {"GET", "HEAD"} or "route" in request.scope or not path.endswith("/"):
        return None
    short = path.rstrip("/")
    there = short + (f"?{request.url.query}" if request.url.query else "")
    return there if short and own_path(there) == there and own_path(unquote(short)) == unquote(short) else None


def _to_sign_in(request: Request) -> Response:
    """To sign in and back. htmx follows a redirect into the part it wanted, so it is told to leave the page."""
    if "hx-request" in request.headers:
        return Response(status_code=401, headers={"HX-Redirect": SIGN_IN})
    back = ""
    if request.method in {"GET", "HEAD"}:
        wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        if own_path(wanted) == wanted:
            back = f"?next={quote(wanted, safe='/')}"
    return RedirectResponse(SIGN_IN + back, 303)


def install(app: FastAPI) -> None:
    """Let every handler `problems.install` put there speak to people too."""
    for kind, handler in list(app.exception_handlers.items()):
        if getattr(handler, "__module__", "") == problems.__name__:
            app.add_exception_handler(kind, _told(handler))


def _told(handler: Callable[[Request, Any], Any]) -> Callable[[Request, Exception], Response]:
    def tell(request: Request, error: Exception) -> Response:
        answer = handler(request, error)
        assert not isawaitable(answer)
        return retold(request, answer)

    return tell
