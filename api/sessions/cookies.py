"""The two cookies of a browser: its session, and that its user has signed in there before.

Over https both are called `__Host-...`: no other host of the domain can then set them, nor plain http.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

from fastapi import Request, Response

from api.settings import Settings
from store.lockout import BROWSER_DAYS

SESSION = "vop_session"
BROWSER = "vop_browser"
SECURE_PREFIX = "__Host-"
_SECRET: Final = re.compile(r"[A-Za-z0-9_-]{43}")
"""As `store.secrets.new_secret` makes it."""


def session_of(request: Request, settings: Settings) -> str | None:
    """The secret of the session the request carries, whether it holds or not."""
    return _secret(request, settings, SESSION)


def browser_of(request: Request, settings: Settings) -> str | None:
    """The secret of the browser it comes from."""
    return _secret(request, settings, BROWSER)


def give(response: Response, request: Request, settings: Settings, *, session: str, browser: str) -> None:
    """Put both into the browser. The session's ends with the browser, if not before."""
    _give(response, request, settings, SESSION, session, None)
    _give(response, request, settings, BROWSER, browser, timedelta(days=BROWSER_DAYS))


def take(response: Response, request: Request, settings: Settings) -> None:
    """Take the session's out of the browser."""
    _give(response, request, settings, SESSION, "", timedelta(0))


def is_secure(request: Request, settings: Settings) -> bool:
    """Whether the browser speaks https, as far as can be told here or was set."""
    return bool(settings.secure_cookies) or request.url.scheme == "https"


def name_of(cookie: str, request: Request, settings: Settings) -> str:
    """What `cookie` is called towards this browser."""
    return f"{SECURE_PREFIX}{cookie}" if is_secure(request, settings) else cookie


def _secret(request: Request, settings: Settings, cookie: str) -> str | None:
    value = request.cookies.get(name_of(cookie, request, settings), "")
    return value if _SECRET.fullmatch(value) else None


def _give(
    response: Response, request: Request, settings: Settings, cookie: str, value: str, lasts: timedelta | None
) -> None:
    response.set_cookie(
        name_of(cookie, request, settings),
        value,
        max_age=None if lasts is None else int(lasts.total_seconds()),
        path="/",
        secure=is_secure(request, settings),
        httponly=True,
        samesite="lax",
    )
