"""The audit log: for administrators, and itself audited."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Literal

from fastapi import Depends, Query
from pydantic import JsonValue

from api.auditing import Visiting
from api.paging import Cursor, Limit, Page, decode, page
from api.parameters import ID, Period, Text, period
from api.routing import feature
from api.shapes import Answer
from store import audit

router = feature("audit")

_PERIOD = Depends(period(timedelta(days=30), timedelta(days=800)))


class Record(Answer):
    """One thing done or refused."""

    audit_id: int
    at: datetime
    actor: str
    roles: list[str]
    action: str
    object_type: str
    object: str
    customer: str | None
    outcome: Literal["allowed", "denied"]
    detail: dict[str, JsonValue]


@router.get("/audit")
def listing(
    visit: Visiting,
    actor: Annotated[Text | None, Query(max_length=200, description="`user:<name>` or `device:<id>`.")] = None,
    action: Annotated[Text | None, Query(max_length=100, description="E.g. `device.history`.")] = None,
    customer: Annotated[str | None, Query(pattern=ID, description="Whose data it was.")] = None,
    outcome: Annotated[Literal["allowed", "denied"] | None, Query(description="What came of it.")] = None,
    within: Period = _PERIOD,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page[Record]:
    """Who saw and did what, newest first."""
    after = decode(cursor, "audit", datetime, int)
    visit.concerns("*", customer)
    rows = audit.listing(
        visit.conn, actor=actor, action=action, customer=customer, outcome=outcome,
        start=within.start, end=within.end, after=after, limit=limit,
    )  # fmt: skip
    return page("audit", rows, limit, lambda row: (row.at, row.audit_id), Record.model_validate)
