"""Statements: kept, read, corrected, compared again."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Path
from fastapi.responses import JSONResponse

from api.auditing import Visit, Visiting
from api.idempotent import OnlyOnce
from api.reach import Reach
from api.routing import feature
from api.statements import presenting
from api.statements.claim_schemas import ClaimGiven, Correction
from api.statements.schemas import NewStatement, Preview, Statement, StatementKept
from api.statements.verdict_schemas import Verdicts
from store import claims, customers, statements
from store.statements import Statement as Row
from voice.casework import splitting
from voice.statements import correcting, taking
from voice.statements.taking import Said
from voice.statements.written import from_kept

router = feature("statements")

StatementId = Annotated[int, Path(ge=1, le=2**63 - 1, description="Number of the statement.")]
Number = Annotated[int, Path(ge=0, le=32_767, description="Of the claim in its statement, from 0.")]


def admitted(visit: Visit, customer: str) -> Reach:
    """The visitor's reach, if they may write down what this customer says. Raises `NotFound`, `Absent`."""
    found = customers.get(visit.conn, customer)
    visit.concerns("*", customer)
    reach = Reach(visit)
    reach.require(found.customer_id, f"customer {customer}")
    return reach


def readable(visit: Visit, statement_id: int) -> tuple[Reach, Row]:
    """A statement the visitor may read. Raises `NotFound`, `Absent`, `Forbidden`."""
    row = statements.get(visit.conn, statement_id)
    visit.concerns(str(statement_id), row.customer)
    reach = Reach(visit)
    reach.require_reading(row.customer_id, row.product, f"statement {statement_id}")
    return reach, row


def shown(reach: Reach, statement_id: int) -> Statement:
    """The statement as its reader may see it."""
    [found] = presenting.statements(reach, [statements.get(reach.visit.conn, statement_id)])
    return found


@router.post("/statements", status_code=201, response_model=StatementKept)
def take(visit: Visiting, once: OnlyOnce, body: NewStatement) -> JSONResponse:
    """Keep what a customer said: its claims are read, it joins its case, and where the customer agrees to it
    (`compare_usage`) each claim is set beside what the product reports."""

    def work() -> StatementKept:
        reach = admitted(visit, body.customer)
        taken = taking.take(
            visit.conn, visit.catalog, Said(**body.model_dump()), visit.services.thresholds,
            by=visit.principal.actor, now=datetime.now(UTC),
        )  # fmt: skip
        visit.objects.clear()
        visit.concerns(str(taken.statement_id), taken.customer, case=taken.case_id, channel=body.channel)
        found = shown(reach, taken.statement_id)
        return StatementKept(**found.model_dump(by_alias=True), became=taken.became, known=taken.known)

    return once.run(body, work)


@router.post("/statements/preview")
def preview(visit: Visiting, body: NewStatement) -> Preview:
    """What `POST /statements` would come to. Nothing is kept."""
    reach = admitted(visit, body.customer)
    found = taking.preview(
        visit.conn, visit.catalog, Said(**body.model_dump()), visit.services.thresholds, now=datetime.now(UTC)
    )
    owner = customers.get(visit.conn, body.customer)
    return presenting.preview(found, withheld=not reach.reads(owner.customer_id, found.product))


@router.get("/statements/{statement}")
def detail(visit: Visiting, statement: StatementId) -> Statement:
    """One statement with its claims and the newest verdict on each."""
    reach, row = readable(visit, statement)
    return shown(reach, row.statement_id)


@router.get("/statements/{statement}/claims/{n}/verdicts")
def verdicts(visit: Visiting, statement: StatementId, n: Number) -> Verdicts:
    """All verdicts on one claim: each as it was computed then, corrections beside it."""
    readable(visit, statement)
    return Verdicts(items=[presenting.verdict(one) for one in claims.verdicts(visit.conn, statement, n)])


@router.post("/statements/{statement}/compare")
def compare(visit: Visiting, statement: StatementId) -> Statement:
    """Compare its claims again, by what has arrived since; earlier verdicts stay."""
    reach, row = readable(visit, statement)
    correcting.compare_anew(visit.conn, visit.catalog, row, visit.services.thresholds, datetime.now(UTC))
    return shown(reach, statement)


@router.post("/statements/{statement}/split")
def split(visit: Visiting, statement: StatementId) -> Statement:
    """Give it a case of its own: it is another matter than the rest of its case."""
    reach, row = readable(visit, statement)
    visit.notes(case=splitting.split(visit.conn, row, by=visit.principal.actor, now=datetime.now(UTC)))
    return shown(reach, statement)


@router.post("/statements/{statement}/claims", status_code=201, response_model=Statement)
def find(visit: Visiting, once: OnlyOnce, statement: StatementId, body: ClaimGiven) -> JSONResponse:
    """Add a claim that was not read in the text."""

    def work() -> Statement:
        reach, row = readable(visit, statement)
        claim = from_kept(body.model_dump(mode="json", by_alias=True))
        correcting.find(
            visit.conn, visit.catalog, row, claim, visit.services.thresholds,
            by=visit.principal.actor, now=datetime.now(UTC),
        )  # fmt: skip
        return shown(reach, statement)

    return once.run(body, work)


@router.patch("/statements/{statement}/claims/{n}")
def correct(visit: Visiting, statement: StatementId, n: Number, body: Correction) -> Statement:
    """Correct a claim, say that it is none, or correct its verdict. What was read and computed stays beside it."""
    reach, row = readable(visit, statement)
    now, by = datetime.now(UTC), visit.principal.actor
    visit.notes(claim=n, fields=[*sorted(body.model_fields_set)])
    if {"claim", "dropped"} & body.model_fields_set:
        _correct_claim(visit, row, n, body, by, now)
    if body.verdict is not None:
        claims.correct_verdict(visit.conn, statement, n, body.verdict.verdict, body.verdict.because, by=by, at=now)
    return shown(reach, statement)


def _correct_claim(visit: Visit, row: Row, n: int, body: Correction, by: str, now: datetime) -> None:
    kept = {one.n: one for one in claims.of(visit.conn, [row.statement_id]).get(row.statement_id, ())}.get(n)
    claim = None if body.claim is None else from_kept(body.claim.model_dump(mode="json", by_alias=True))
    if kept is not None and "claim" not in body.model_fields_set and kept.corrected is not None:
        claim = from_kept(kept.corrected)
    correcting.correct(
        visit.conn, visit.catalog, row, n, visit.services.thresholds,
        claim=claim, dropped=bool(body.dropped), by=by, now=now,
    )  # fmt: skip
