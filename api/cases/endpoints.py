"""Cases: found, read, answered, promised, closed and reopened."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import Depends, Path, Query
from fastapi.responses import JSONResponse

from api.auditing import Visit, Visiting
from api.cases import presenting, schemas
from api.errors import BadInput
from api.idempotent import OnlyOnce
from api.paging import Cursor, Limit, Page, decode, encode
from api.parameters import ID, Period, period
from api.reach import Reach
from api.routing import feature
from store import cases, promises, statements
from store.cases import Due, State
from store.statements import Channel
from voice.casework import closing

router = feature("cases")

CaseId = Annotated[int, Path(ge=1, le=2**63 - 1, description="Number of the case.")]
PromiseId = Annotated[int, Path(ge=1, le=2**63 - 1, description="Number of the promise.")]
_MONTH = Depends(period(timedelta(days=30), timedelta(days=1830)))


def known(visit: Visit, case_id: int) -> tuple[Reach, cases.Case]:
    """A case the visitor may know of. Raises `NotFound`, `Absent`."""
    row = cases.get(visit.conn, case_id)
    visit.concerns(str(case_id), row.customer)
    reach = Reach(visit)
    reach.require(row.customer_id, f"case {case_id}")
    return reach, row


def _private(reach: Reach, row: cases.Case) -> bool:
    """Whether the visitor's words about it are for the care team alone: who is on it may tell what only it knows."""
    return row.customer_id in reach.cared and reach.private(row.customer_id, row.product)


def _now(reach: Reach, case_id: int) -> schemas.Case:
    return presenting.detail(reach, cases.get(reach.visit.conn, case_id))


@router.get("/cases")
def search(
    visit: Visiting,
    state: Annotated[list[State] | None, Query(description="May be repeated.")] = None,
    customer: Annotated[str | None, Query(pattern=ID, description="Whose.")] = None,
    device: Annotated[str | None, Query(pattern=ID, description="The unit they are about.")] = None,
    promise: Annotated[Due | None, Query(description="With one to be kept: in time still, or overdue.")] = None,
    channel: Annotated[Channel | None, Query(description="With a statement that came by it.")] = None,
    mine: Annotated[bool, Query(description="Only those that the caller worked on.")] = False,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page[schemas.CaseSummary]:
    """Cases that match everything given, newest first. Clinicians see those of the customers they care for."""
    after = decode(cursor, "cases", int)
    reach = Reach(visit)
    rows = cases.listing(
        visit.conn,
        states=state,
        customer=customer,
        device=device,
        customer_ids=None if reach.everybody else sorted(reach.cared),
        promise=promise,
        channel=channel,
        worked_on_by=visit.principal.actor if mine else None,
        now=datetime.now(UTC),
        before=after[0] if after else None,
        limit=limit,
    )
    visit.concerns("*", customer, found=len(rows))
    following = encode("cases", rows[-1].case_id) if len(rows) >= limit else None
    return Page(items=presenting.summaries(reach, rows), next=following)


@router.get("/cases/response-times")
def response_times(visit: Visiting, within: Period = _MONTH) -> schemas.ResponseTimes:
    """How soon customers were answered, by channel."""
    found = statements.answering(visit.conn, within.start, within.end)
    items = [schemas.Answering.model_validate(one) for one in found]
    return schemas.ResponseTimes(from_=within.start, to=within.end, items=items)


@router.get("/cases/{case}")
def detail(visit: Visiting, case: CaseId) -> schemas.Case:
    """A case: state of the unit, statements with their verdicts, promises, closings with before and after."""
    reach, row = known(visit, case)
    return presenting.detail(reach, row)


@router.post("/cases/{case}/answers", status_code=201, response_model=schemas.Case)
def answer(visit: Visiting, once: OnlyOnce, case: CaseId, body: schemas.Answered) -> JSONResponse:
    """Note that the customer was answered: what they said until then no longer waits."""

    def work() -> schemas.Case:
        reach, row = known(visit, case)
        now = datetime.now(UTC)
        if body.at is not None and not row.opened_at <= body.at <= now:
            raise BadInput("at: an answer comes after the case was opened, and not in the future")
        visit.notes(channel=body.channel)
        by = visit.principal.actor
        closing.answer(visit.conn, case, body.channel, waiting=body.waiting, by=by, at=body.at or now, now=now)
        return _now(reach, case)

    return once.run(body, work)


@router.post("/cases/{case}/promises", status_code=201, response_model=schemas.Promise)
def promise(visit: Visiting, once: OnlyOnce, case: CaseId, body: schemas.NewPromise) -> JSONResponse:
    """Promise something until a time. Not kept by then, it is broken."""

    def work() -> schemas.Promise:
        reach, row = known(visit, case)
        now = datetime.now(UTC)
        if body.due_at <= now:
            raise BadInput("due_at: a promise is due in the future")
        made = promises.make(
            visit.conn, case, body.what, body.due_at,
            by=visit.principal.actor, now=now, private=_private(reach, row),
        )  # fmt: skip
        return presenting.promise(made, cares=True)

    return once.run(body, work)


@router.post("/cases/{case}/promises/{promise}/keep")
def keep(visit: Visiting, case: CaseId, promise: PromiseId) -> schemas.Promise:
    """The promise is kept; after it was due it is late."""
    reach, row = known(visit, case)
    visit.notes(promise=promise)
    kept = promises.keep(visit.conn, case, promise, by=visit.principal.actor, now=datetime.now(UTC))
    return presenting.promise(kept, cares=row.customer_id in reach.cared)


@router.post("/cases/{case}/close")
def close(visit: Visiting, case: CaseId, body: schemas.Resolution) -> schemas.Case:
    """Solve the case, with a cause and a fix. For 30 days it is watched for its faults and claims coming back."""
    reach, row = known(visit, case)
    visit.notes(fix=body.fix)
    product = visit.catalog.get(row.product) if row.product else None
    resolution = closing.Resolution(body.cause, body.fix, body.note, body.faults, private=_private(reach, row))
    closing.close(visit.conn, case, product, resolution, by=visit.principal.actor, now=datetime.now(UTC))
    return _now(reach, case)


@router.post("/cases/{case}/reopen")
def reopen(visit: Visiting, case: CaseId) -> schemas.Case:
    """Take a solved case up again. Its watch ends."""
    reach, _ = known(visit, case)
    cases.locked(visit.conn, case)
    closing.reopen(visit.conn, case, {"by": "person"}, by=visit.principal.actor, now=datetime.now(UTC))
    return _now(reach, case)
