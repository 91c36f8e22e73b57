"""How the platform is: one word for all of it, then each check, who receives, which job runs when, which versions."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import HTMLResponse

from api.auditing import Visiting
from api.console.checks import JOBS, LEVELS, WORDS, state_of
from api.console.rendering import page
from api.console.routing import pages
from api.system import endpoints as system

router = pages()


@router.get("/system")
def show(request: Request, visit: Visiting) -> HTMLResponse:
    """All of it."""
    found = system.system(visit)
    order = list(LEVELS)
    return page(
        request,
        visit,
        "system/show.html",
        system=found,
        checks=sorted(found.checks, key=lambda check: order.index(check.level)),
        words=WORDS,
        levels=LEVELS,
        state=state_of(found),
        jobs=JOBS,
    )
