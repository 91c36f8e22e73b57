"""The first page: each role's own work, and in a demonstration its stories."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse

from api.access import CARE_ROLES
from api.auditing import Visit, Visiting
from api.console.catalogues import N_
from api.console.checks import OVERALL
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
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Story:
    """One of the demonstration's stories, told in a sentence; not yet translated."""

    title: str
    sentence: str
    path: str
    lacks: str
    """What of it is not built yet; empty: nothing."""


STORIES = (
    Story(
        N_("What was said beside what was measured"),
        N_("A customer says two or three times a month; the vacuum reports six; the page shows both, neutrally."),
        "/devices?product=robot_vacuum",
        N_("Not built yet: what customers say. What the vacuums report can be seen."),
    ),
    Story(
        N_("A vacuum is stuck"),
        N_("Support asks it, runs a self-test and sends new firmware; it works again, and the case is watched."),
        "/devices?product=robot_vacuum&presence=faulty",
        N_("Not built yet: commands and firmware. Its faults can be seen."),
    ),
    Story(
        N_("I take every pill"),
        N_("The dispenser reports 71 percent; the clinician alone sees both, side by side."),
        "/devices?product=pill_dispenser",
        N_("Not built yet: adherence. The care team sees the dispenser's events and usage."),
    ),
    Story(
        N_("Stock nears its end"),
        N_("The sensor sees the last items go, and exactly one order is placed."),
        "/devices?product=stock_sensor",
        N_("Not built yet: orders. The level of each shelf can be seen."),
    ),
    Story(
        N_("A motor's current creeps up"),
        N_("An alert, a visit, a worn brush confirmed; and the next score knows it."),
        "/devices?product=robot_vacuum",
        N_("Not built yet: alerts and scores. The motor's current can be seen over months."),
    ),
)


@router.get("/")
def start(request: Request, visit: Visiting) -> HTMLResponse:
    """What the reader's roles work on; of somebody with several, all of it."""
    roles = visit.principal.roles
    found: dict[str, Any] = {"silent": None, "refused": None, "cared": None, "people": None, "overall": None}
    if roles & {"support", "maintenance", "quality", "stock"}:
        found["silent"] = silences.newest(visit.conn, SILENT_SHOWN)
    if roles & {"support", "admin"}:
        found["refused"] = deadletters.reasons(visit, from_=datetime.now(UTC) - DAY).items
    if roles & CARE_ROLES:
        found["cared"] = cared_for(visit).items
    if "admin" in roles:
        found["people"] = _people(visit)
    if roles & {"admin", "maintenance"}:
        state = system.system(visit)
        found["overall"] = (state.level, OVERALL[state.level])
    if not visit.objects:
        visit.concerns("*")
    return page(
        request,
        visit,
        "start/show.html",
        **found,
        products=visit.catalog,
        reasons=WORDS,
        role_names=ROLES,
        day_ago=datetime.now(UTC) - DAY,
        stories=STORIES if visit.services.settings.demo else (),
    )


def _people(visit: Visit) -> dict[str, Any]:
    now = datetime.now(UTC)
    found = users.listing(visit, limit=USERS_SHOWN)
    issued = tokens.listing(visit, limit=500).items
    valid = [t for t in issued if t.revoked_at is None and (t.expires_at is None or t.expires_at > now)]
    return {"users": found.items, "more": found.next is not None, "tokens": len(valid)}
