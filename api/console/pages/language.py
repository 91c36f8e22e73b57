"""The language a browser is spoken to in until its user says otherwise."""

from __future__ import annotations

from typing import Literal

from fastapi import Request
from fastapi.responses import RedirectResponse

from api.console.language import COOKIE
from api.console.paths import own_path
from api.console.routing import pages

YEAR_S = 31_536_000

router = pages()


@router.get("/language/{language}")
async def choose(request: Request, language: Literal["en", "fa"], next: str = "/") -> RedirectResponse:  # noqa: A002
    """Keep the choice in a cookie and go back. The cookie says nothing about who the reader is."""
    answer = RedirectResponse(own_path(next), 303)
    secure = request.url.scheme == "https"
    answer.set_cookie(COOKIE, language, max_age=YEAR_S, httponly=True, samesite="lax", secure=secure)
    return answer
