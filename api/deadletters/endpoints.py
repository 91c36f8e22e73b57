"""What was refused: look, and try again after the cause is mended."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import Query

from api.auditing import Visiting
from api.deadletters.replay import replay
from api.deadletters.schemas import DeadLetter, Replayed, ReplayWanted
from api.paging import Cursor, Limit, Page, decode, page
from api.parameters import ID
from api.routing import feature
from catalog.elements import Reason
from store import deadletters

router = feature("dead letters")


@router.get("/deadletters")
def listing(
    visit: Visiting,
    reason: Annotated[Reason | None, Query(description="Reason code of the wire contract.")] = None,
    device: Annotated[str | None, Query(pattern=ID, description="Of this device alone.")] = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page[DeadLetter]:
    """Refused elements, the last met first."""
    after = decode(cursor, "deadletters", datetime, int)
    rows = deadletters.listing(visit.conn, reason=reason, device=device, after=after, limit=limit, sample=0)
    return page("deadletters", rows, limit, lambda row: (row.last_at, row.dead_letter_id), DeadLetter.model_validate)


@router.post("/deadletters/replay", name="replay")
def replay_letters(visit: Visiting, body: ReplayWanted) -> Replayed:
    """Decode and store again, as if each message arrived when it first did. Doing it twice stores nothing twice."""
    ids = sorted(set(body.ids))
    visit.concerns("*", ids=list(ids))
    services = visit.services
    letters = deadletters.replayable(visit.conn, ids=ids, limit=len(ids))
    with services.database.connection() as storing:
        done = replay(visit.conn, storing, services.intake, services.catalog, letters, services.settings.raw_days)
    return Replayed.told(done, unknown=sorted(set(ids) - {letter.dead_letter_id for letter in letters}))
