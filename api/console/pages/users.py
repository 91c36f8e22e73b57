"""Who works with the platform: adding people, what they may do, letting them in no more."""

from __future__ import annotations

from typing import Literal

from fastapi import Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import ValidationError

from api.auditing import Visit, Visiting
from api.console import editing, paths
from api.console.catalogues import N_
from api.console.pages import people
from api.console.pages.people import MAY, ROLES
from api.console.rendering import page
from api.console.routing import pages
from api.errors import BadInput
from api.idempotent import Once
from api.paging import Cursor, Limit
from api.sessions.forms import Form, Sent
from api.users import endpoints as users
from api.users.endpoints import UserName
from api.users.schemas import NewUser, UserChange
from store import users as store_users
from store.errors import Conflict

router = pages()

SHOWN = 50
MISTAKES = {
    "name": N_("1 to 64 small letters, digits, dots, underscores, hyphens or @; first a letter or a digit."),
    "display_name": N_("1 to 200 characters, as colleagues know them."),
    "roles": N_("Choose at least one role."),
}
TAKEN = N_("There is a user of this name already. Choose another name, or open that user in the list.")
LAST = N_("This is the last administrator who is let in. Make somebody else one first.")
Done = Literal["made", "changed", "suspended", "reactivated", "revoked"]
DONE = {
    "made": N_("The user is added. Issue a token below, so that they can sign in for the first time."),
    "changed": N_("The changes are saved. They hold from the next page on that the user opens."),
    "suspended": N_("The user is suspended: their sessions are ended, and their tokens open nothing."),
    "reactivated": N_("The user is let in again. Tokens that have not ended work again."),
    "revoked": N_("The token is revoked. Sessions that were opened with it are ended."),
}


@router.get("/users")
def listing(request: Request, visit: Visiting, cursor: Cursor = None, limit: Limit = SHOWN) -> HTMLResponse:
    """Users in order of name, and the form that adds one."""
    return _list(request, visit, {}, cursor=cursor, limit=limit)


@router.post("/users")
def create(request: Request, visit: Visiting, sent: Sent) -> Response:
    """Add a user, then go to their page, where their first token is issued."""
    given = {
        "name": sent.get("name", "").strip().lower(),
        "display_name": sent.get("display_name", ""),
        "roles": _roles(sent),
    }
    try:
        body = NewUser.model_validate(given)
        with editing.attempt(visit):
            users.create(visit, Once(request, visit, None), body)
    except ValidationError as error:
        wrong = editing.wrong_fields(error, MISTAKES)
    except Conflict:
        wrong = {"name": TAKEN}
    else:
        return _to(body.name, "made")
    visit.concerns("*", added=False)
    return _list(request, visit, sent, wrong=wrong)


@router.get("/users/{user}")
def detail(request: Request, visit: Visiting, user: UserName, done: Done | None = None) -> HTMLResponse:
    """One user: what they may do, their tokens, and whether they are let in."""
    return people.shown(request, visit, user, done=DONE.get(done or "", ""))


@router.post("/users/{user}")
def change(request: Request, visit: Visiting, user: UserName, sent: Sent) -> Response:
    """Change the displayed name and the roles."""
    store_users.take_turns(visit.conn)
    there = users.detail(visit, user)
    if editing.is_outdated(sent, people.mark_of(there)):
        visit.concerns(user, changed=False)
        return people.shown(request, visit, user, trouble=editing.OUTDATED, status=409)
    try:
        body = UserChange.model_validate({"display_name": sent.get("display_name", ""), "roles": _roles(sent)})
        with editing.attempt(visit):
            users.change(visit, user, body)
    except ValidationError as error:
        visit.concerns(user, changed=False)
        wrong = editing.wrong_fields(error, MISTAKES)
        return people.shown(request, visit, user, sent=sent, wrong=wrong, status=422)
    except Conflict:
        visit.concerns(user, changed=False)
        return people.shown(request, visit, user, sent=sent, trouble=LAST, status=409)
    if user == visit.principal.user and "admin" not in (body.roles or ()):
        return RedirectResponse("/", 303)
    return _to(user, "changed")


@router.get("/users/{user}/suspend")
def confirm(request: Request, visit: Visiting, user: UserName) -> HTMLResponse:
    """What it means to suspend them, before it is done."""
    return _confirm(request, visit, user)


@router.post("/users/{user}/suspend")
def suspend(request: Request, visit: Visiting, user: UserName) -> Response:
    """Let them in no more; all their sessions end."""
    try:
        with editing.attempt(visit):
            users.change(visit, user, UserChange(active=False))
    except Conflict:
        visit.concerns(user, changed=False)
        return _confirm(request, visit, user, trouble=LAST, status=409)
    return _to(user, "suspended")


@router.post("/users/{user}/reactivate")
def reactivate(visit: Visiting, user: UserName) -> Response:
    """Let them in again."""
    users.change(visit, user, UserChange(active=True))
    return _to(user, "reactivated")


def _roles(sent: Form) -> list[str]:
    """The roles that are ticked. Raises `BadInput` for one that does not exist."""
    ticked = [key.removeprefix("role.") for key in sent if key.startswith("role.")]
    if not set(ticked) <= ROLES.keys():
        raise BadInput(f"roles are {', '.join(ROLES)}; choose among them")
    return ticked


def _to(user: str, done: Done) -> RedirectResponse:
    return RedirectResponse(paths.url("/users/{user}", {"done": done}, user=user), 303)


def _list(
    request: Request,
    visit: Visit,
    sent: Form,
    *,
    wrong: dict[str, str] | None = None,
    cursor: str | None = None,
    limit: int = SHOWN,
) -> HTMLResponse:
    return page(
        request,
        visit,
        "users/list.html",
        status=422 if wrong else 200,
        found=users.listing(visit, cursor, limit),
        cursor=cursor,
        sent=sent,
        chosen=_roles(sent),
        wrong=wrong or {},
        roles=ROLES,
        may=MAY,
    )


def _confirm(request: Request, visit: Visit, user: str, *, trouble: str = "", status: int = 200) -> HTMLResponse:
    found = users.detail(visit, user)
    return page(request, visit, "users/suspend.html", status=status, user=found, trouble=trouble)
