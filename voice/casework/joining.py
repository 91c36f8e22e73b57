"""Which case a statement belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from store import cases, claims, closings, statements
from store.cases import Case
from store.database import Connection
from store.errors import Conflict, NotFound
from voice.casework.closing import reopen
from voice.casework.returning import comes_back
from voice.claims.model import Claim
from voice.statements.written import from_kept


@dataclass(frozen=True, slots=True)
class Saying:
    """Of a statement what decides which case it belongs to."""

    customer_id: int
    device_id: int | None
    said_at: datetime
    claims: Sequence[Claim]
    answered: bool
    """Whether it was answered when it was written down."""


def join(
    conn: Connection, saying: Saying, *, case_id: int | None, split: bool, by: str, now: datetime
) -> tuple[int, cases.Kind | None]:
    """The case of a statement, and what became of it: opened, reopened, or nothing.

    The one named; else, unless `split`, the customer's newest unsolved one about the same unit, or about none; else one
    that is watched and whose claims come back; else a new one. A customer who speaks is waited for no longer. Raises
    `NotFound` for a case that is not this customer's, `Conflict` for one about another unit.
    """
    cases.take_turns(conn, saying.customer_id)
    if case_id is not None:
        case = _named(conn, saying, case_id)
    elif split:
        return _begun(conn, saying, by, now), "opened"
    else:
        joined = cases.open_for(conn, saying.customer_id, saying.device_id)
        if joined is None:
            return _back_or_begun(conn, saying, by, now)
        case = cases.get(conn, joined)
    if case.state == "solved":
        reopen(conn, case.case_id, {"by": "statement"}, by=by, now=now)
        return case.case_id, "reopened"
    if case.state == "waiting" and not saying.answered:
        cases.set_state(conn, case.case_id, "open", now)
    return case.case_id, None


def _named(conn: Connection, saying: Saying, case_id: int) -> Case:
    case = cases.get(conn, case_id)
    if case.customer_id != saying.customer_id:
        raise NotFound(f"there is no case {case_id} of this customer")
    if case.device_id != saying.device_id:
        about = f"about device {case.device}" if case.device else "about no single device"
        raise Conflict(f"case {case_id} is {about}, the statement is not; leave `case` out, or name the same device")
    return case


def _begun(conn: Connection, saying: Saying, by: str, now: datetime) -> int:
    return cases.begin(conn, saying.customer_id, saying.device_id, opened_at=saying.said_at, by=by, now=now)


def _back_or_begun(conn: Connection, saying: Saying, by: str, now: datetime) -> tuple[int, cases.Kind]:
    for closing in closings.watched_of(conn, saying.customer_id, saying.device_id):
        if saying.said_at < closing.closed_at:
            continue
        claim = comes_back(claims_of(conn, closing.case_id, until=closing.closed_at), saying.claims)
        if claim is not None:
            reopen(conn, closing.case_id, {"by": "claim", "topic": claim.topic}, by=by, now=now)
            return closing.case_id, "reopened"
    return _begun(conn, saying, by, now), "opened"


def claims_of(conn: Connection, case_id: int, until: datetime) -> list[Claim]:
    """What the customer claimed in the case before `until`, as it stands after corrections."""
    said = [s.statement_id for s in statements.listing(conn, case_ids=[case_id], end=until, limit=500)]
    kept = claims.of(conn, said)
    return [from_kept(one.claim) for found in kept.values() for one in found if not one.dropped]
