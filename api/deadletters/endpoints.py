"""What was refused: look, and try again after the cause is mended."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import Query

from api.auditing import Visiting
from api.deadletters import samples
from api.deadletters.replay import replay
from api.deadletters.schemas import DeadLetter, ReasonCount, ReasonCounts, Replayed, ReplayWanted
from api.paging import Cursor, Limit, Page, decode, page
from api.parameters import ID, Instant
from api.routing import feature
from catalog.elements import Reason
from store import deadletters

router = feature("dead letters")


OfDevice = Annotated[str | None, Query(pattern=ID, description="Of this device alone.")]
From = Annotated[Instant | None, Query(alias="from", description="Last met then or later.")]
To = Annotated[Instant | None, Query(description="Last met before.")]
SampleBytes = Annotated[
    int, Query(ge=0, le=samples.MAX_BYTES, description="Show so much of the message, where it tells of no person.")
]


@router.get("/deadletters")
def listing(
    visit: Visiting,
    reason: Annotated[Reason | None, Query(description="Reason code of the wire contract.")] = None,
    device: OfDevice = None,
    from_: From = None,
    to: To = None,
    sample: SampleBytes = 0,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page[DeadLetter]:
    """Dead letters: elements that were refused, the one that last came first."""
    after = decode(cursor, "deadletters", datetime, int)
    rows = deadletters.listing(
        visit.conn, reason=reason, device=device, start=from_, end=to, after=after, limit=limit, sample=sample
    )
    shown = samples.presenter(visit, rows, sample)
    return page("deadletters", rows, limit, lambda row: (row.last_at, row.dead_letter_id), shown)


@router.get("/deadletters/reasons")
def reasons(visit: Visiting, device: OfDevice = None, from_: From = None, to: To = None) -> ReasonCounts:
    """How many dead letters there are of each reason."""
    found = deadletters.reasons(visit.conn, device=device, start=from_, end=to)
    return ReasonCounts(items=[ReasonCount(reason=reason, count=count) for reason, count in found.items()])


@router.post("/deadletters/replay", name="replay")
def replay_letters(visit: Visiting, body: ReplayWanted) -> Replayed:
    """Try dead letters again, as if each message arrived when it first did. Doing it twice stores nothing twice."""
    ids = sorted(set(body.ids))
    visit.concerns("*", ids=list(ids))
    services = visit.services
    letters = deadletters.replayable(visit.conn, ids=ids, limit=len(ids))
    with services.database.connection() as storing:
        done = replay(visit.conn, storing, services.intake, services.catalog, letters, services.settings.raw_days)
    return Replayed.told(done, unknown=sorted(set(ids) - {letter.dead_letter_id for letter in letters}))
