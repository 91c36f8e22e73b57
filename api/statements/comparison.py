"""Said beside reported: of a device, and of everything a customer owns."""

from __future__ import annotations

from datetime import datetime, timedelta

from fastapi import Depends
from pydantic import Field

from api import access
from api.auditing import Visiting
from api.errors import Forbidden
from api.paging import Cursor, Limit, decode, encode
from api.parameters import CustomerId, DeviceId, Period, period
from api.reach import Reach
from api.routing import feature
from api.shapes import Answer
from api.statements import presenting
from api.statements.schemas import Statement
from store import customers, statements
from store.statements import Statement as Row

router = feature("statements")

_YEAR = Depends(period(timedelta(days=365), timedelta(days=1830)))


class Comparison(Answer):
    """What was said in `[from, to)` and can be compared, newest first, each claim with what the product reports."""

    device: str | None
    customer: str | None
    from_: datetime = Field(alias="from")
    to: datetime
    items: list[Statement]
    next: str | None
    withheld: bool = Field(description="Some of it is for a care team alone, and left out.")


@router.get("/devices/{device}/comparison")
def of_device(
    visit: Visiting, device: DeviceId, within: Period = _YEAR, cursor: Cursor = None, limit: Limit = 100
) -> Comparison:
    """Statements about a device with their claims and verdicts. A care team sees those of its customers."""
    seen = access.view(visit, device, within)
    reach = Reach(visit)
    limited = access.is_guarded(seen.product) or not reach.everybody
    if limited and not {span.customer_id for span in seen.ownerships} & reach.cared:
        raise Forbidden(f"what is said of {device} is for the care team of its customer", kind="sensitive")
    after = decode(cursor, "comparison", datetime, int)
    rows = statements.listing(
        visit.conn, device_id=seen.device.device_id, start=within.start, end=within.end, after=after, limit=limit
    )
    return _comparison(reach, rows, within, limit, device=device)


@router.get("/customers/{customer}/comparison")
def of_customer(
    visit: Visiting, customer: CustomerId, within: Period = _YEAR, cursor: Cursor = None, limit: Limit = 100
) -> Comparison:
    """Statements of a customer, about one unit or all, with their claims and verdicts."""
    found = customers.get(visit.conn, customer)
    visit.concerns(customer, customer)
    reach = Reach(visit)
    reach.require(found.customer_id, f"customer {customer}")
    after = decode(cursor, "comparison", datetime, int)
    rows = statements.listing(
        visit.conn, customer_id=found.customer_id, start=within.start, end=within.end, after=after, limit=limit
    )
    return _comparison(reach, rows, within, limit, customer=customer)


def _comparison(
    reach: Reach,
    rows: list[Row],
    within: Period,
    limit: int,
    *,
    device: str | None = None,
    customer: str | None = None,
) -> Comparison:
    readable = [row for row in rows if reach.reads(row.customer_id, row.product)]
    return Comparison(
        device=device,
        customer=customer,
        from_=within.start,
        to=within.end,
        items=presenting.statements(reach, readable),
        next=encode("comparison", rows[-1].said_at, rows[-1].statement_id) if len(rows) >= limit else None,
        withheld=len(readable) < len(rows),
    )
