"""What people choose for themselves: language, calendar, password."""

from __future__ import annotations

from typing import Literal

from fastapi import Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from api.auditing import Visiting
from api.console.catalogues import LANGUAGES, N_
from api.console.language import CALENDARS
from api.console.rendering import page
from api.console.routing import pages
from api.errors import BadInput, Forbidden
from api.services import Serving
from api.sessions import cookies, signing_in
from api.sessions.forms import Sent
from api.sessions.signing_in import NotTheSame, TheOldOne
from store import passwords, users
from store.passwords import MAX_CHARS, MIN_CHARS, Flaw, WeakPassword

router = pages()

PATH = "/preferences"
SAVED = {"preferences": N_("Your preferences are saved."), "password": N_("Your password is changed.")}
NOT_RIGHT = N_("This is not your current password.")
NOT_THE_SAME = N_("The two new passwords are not the same.")
THE_OLD_ONE = N_("The new password is the old one; choose another.")
FLAWS = {
    Flaw.SHORT: N_("It is too short. A few words make a good password."),
    Flaw.LONG: N_("It is too long."),
    Flaw.NAME: N_("It is your name. Choose another."),
    Flaw.COMMON: N_("It is among those that are tried first. Choose one that nobody else has."),
}


@router.get(PATH)
def show(request: Request, visit: Visiting, saved: Literal["preferences", "password"] | None = None) -> HTMLResponse:
    """Who they are here, and what they may choose."""
    kept = passwords.kept(visit.conn, visit.principal.user)
    has_password = kept is not None and kept.password_hash is not None
    return _page(request, has_password=has_password, saved=SAVED.get(saved or "", ""))


@router.post(PATH)
def prefer(visit: Visiting, sent: Sent) -> RedirectResponse:
    """Keep language and calendar; empty leaves them to the browser."""
    language, calendar = sent.get("language", ""), sent.get("calendar", "")
    if language not in ("", *LANGUAGES) or calendar not in ("", *CALENDARS):
        raise BadInput(
            f"language is one of {', '.join(LANGUAGES)}, calendar one of {', '.join(CALENDARS)}, or they are empty"
        )
    users.prefer(visit.conn, visit.principal.user, language=language or None, calendar=calendar or None)
    visit.concerns(visit.principal.user, language=language, calendar=calendar)
    return RedirectResponse(f"{PATH}?saved=preferences", 303)


@router.post("/preferences/password")
async def change_password(request: Request, services: Serving, sent: Sent) -> Response:
    """Change the password: all their sessions end, and a new one begins here."""
    new = sent.get("new", "")
    try:
        done = await signing_in.change_password(request, services, sent.get("current", ""), new, sent.get("again", ""))
        answer = RedirectResponse(f"{PATH}?saved=password", 303)
        cookies.give(answer, request, services.settings, session=done.session, browser=done.browser)
        return answer
    except Forbidden:
        wrong = {"current": NOT_RIGHT}
    except NotTheSame:
        wrong = {"again": NOT_THE_SAME}
    except WeakPassword as error:
        wrong = {"new": FLAWS[error.flaw]}
    except TheOldOne:
        wrong = {"new": THE_OLD_ONE}
    return _page(request, has_password=True, wrong=wrong, status=422)


def _page(
    request: Request, *, has_password: bool, saved: str = "", wrong: dict[str, str] | None = None, status: int = 200
) -> HTMLResponse:
    return page(
        request,
        None,
        "preferences/form.html",
        status=status,
        has_password=has_password,
        saved=saved,
        wrong=wrong or {},
        least=MIN_CHARS,
        most=MAX_CHARS,
    )
