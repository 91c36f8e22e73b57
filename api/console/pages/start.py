"""The first page: each role's own work, and in a demonstration its stories."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse

from api.access import CARE_ROLES
from api.auditing import Visit, Visiting
from api.console import stories
from api.console.checks import WORDS as CHECKS
from api.console.checks import state_of
from api.console.language import reader_of
from api.console.pages.products import ROLES
from api.console.reasons import WORDS
from api.console.rendering import page
from api.console.routing import pages
from api.customers.cared import cared_for
from api.deadletters import endpoints as deadletters
from api.system import endpoints as system
from api.tokens import endpoints as tokens
from api.users import endpoints as users
from store import silences

router = pages()

SILENT_SHOWN = 8
USERS_SHOWN = 20
REASONS_SHOWN = 3
DAY = timedelta(days=1)


@router.get("/")
def start(request: Request, visit: Visiting) -> HTMLResponse:
    """What the reader's roles work on; of somebody with several, all of it."""
    roles = visit.principal.roles
    found: dict[str, Any] = {"silent": None, "refused": None, "cared": None, "people": None, "state": None}
    if roles & {"support", "maintenance", "quality", "stock"}:
        found["silent"] = silences.newest(visit.conn, SILENT_SHOWN)
    if roles & {"support", "admin"}:
        found["refused"] = deadletters.reasons(visit, from_=datetime.now(UTC) - DAY).items
    if roles & CARE_ROLES:
        found["cared"] = cared_for(visit).items
    if "admin" in roles:
        found["people"] = _people(visit)
    if roles & {"admin", "maintenance"}:
        found["state"] = state_of(system.system(visit))
    if not visit.objects:
        visit.concerns("*")
    return page(
        request,
        visit,
        "start/show.html",
        **found,
        products=visit.catalog,
        reasons=WORDS,
        checks=CHECKS,
        reasons_shown=REASONS_SHOWN,
        role_names=ROLES,
        day_ago=datetime.now(UTC) - DAY,
        stories=stories.told(visit, reader_of(request, visit.principal)) if visit.services.settings.demo else [],
    )


def _people(visit: Visit) -> dict[str, Any]:
    now = datetime.now(UTC)
    found = users.listing(visit, limit=USERS_SHOWN)
    issued = tokens.listing(visit, limit=500).items
    valid = [t for t in issued if t.revoked_at is None and (t.expires_at is None or t.expires_at > now)]
    return {"users": found.items, "more": found.next is not None, "tokens": len(valid)}
