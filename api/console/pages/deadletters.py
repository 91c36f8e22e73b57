"""What was refused: why, how often, how it began; and trying it again after the cause is mended."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

from fastapi import Query, Request
from fastapi.responses import HTMLResponse
from pydantic import ValidationError

from api.auditing import Visiting
from api.console.catalogues import N_
from api.console.reasons import WORDS
from api.console.rendering import page
from api.console.routing import pages
from api.deadletters import endpoints as deadletters
from api.deadletters import samples
from api.deadletters.endpoints import From, To
from api.deadletters.schemas import LetterId, ReplayWanted
from api.errors import BadInput
from api.paging import Cursor
from api.sessions.forms import Sent
from catalog.elements import Reason
from store import deadletters as letters

SHOWN = 50
SAMPLE_BYTES = 400
SPANS = (
    (N_("Past hour"), timedelta(hours=1)),
    (N_("Past day"), timedelta(days=1)),
    (N_("Past week"), timedelta(days=7)),
    (N_("All times"), None),
)

router = pages()


@router.get("/deadletters")
def listing(
    request: Request,
    visit: Visiting,
    reason: Reason | Literal[""] = "",
    device: Annotated[str, Query(pattern=r"^[A-Za-z0-9._-]{0,64}$")] = "",
    from_: From = None,
    to: To = None,
    cursor: Cursor = None,
) -> HTMLResponse:
    """Refused elements and the beginnings of their messages, the last met first."""
    found = deadletters.listing(visit, reason or None, device or None, from_, to, SAMPLE_BYTES, cursor, SHOWN)
    now = datetime.now(UTC)
    return page(
        request,
        visit,
        "deadletters/list.html",
        found=found,
        counts=deadletters.reasons(visit, device or None, from_, to).items,
        reason=reason,
        device=device,
        start=from_,
        end=to,
        cursor=cursor,
        words=WORDS,
        spans=[(label, now - span if span else None) for label, span in SPANS],
        span=_span(from_, to, now),
    )


@router.get("/deadletters/replay")
def confirm(
    request: Request,
    visit: Visiting,
    id: Annotated[list[LetterId], Query(max_length=100)] = [],  # noqa: A002, B006
) -> HTMLResponse:
    """The letters that were chosen, before they are tried again."""
    rows = letters.by_ids(visit.conn, id, sample=SAMPLE_BYTES)
    shown = samples.presenter(visit, rows, SAMPLE_BYTES)
    return page(request, visit, "deadletters/confirm.html", letters=[shown(row) for row in rows], words=WORDS)


@router.post("/deadletters/replay")
def replay(request: Request, visit: Visiting, sent: Sent) -> HTMLResponse:
    """Try them again and say what became of them. Doing it twice stores nothing twice."""
    try:
        wanted = ReplayWanted.model_validate({"ids": sent.get("ids", "").split(",")})
    except ValidationError as error:
        raise BadInput("ids: 1 to 100 numbers of letters, with commas between") from error
    done = deadletters.replay_letters(visit, wanted)
    return page(request, visit, "deadletters/replayed.html", done=done, asked=len(set(wanted.ids)), words=WORDS)


def _span(start: datetime | None, end: datetime | None, now: datetime) -> str:
    """The label of the span whose link was followed, empty for any other. A link ages with its page."""
    if end is not None:
        return ""
    if start is None:
        return SPANS[-1][0]
    return min(SPANS[:-1], key=lambda one: abs((now - start) - (one[1] or timedelta())))[0]
