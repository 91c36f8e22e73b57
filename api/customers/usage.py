"""How much a customer used everything they own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import Depends, Query

from api import access, usage_schemas
from api.auditing import Visit, Visiting
from api.errors import Absent
from api.parameters import CustomerId, Period, period
from api.routing import feature
from api.usage_schemas import OfCustomer, Per
from store import care, customers
from voice.usage import usage_of_customer

router = feature("customers")

_MONTH = Depends(period(timedelta(days=30), timedelta(days=1830)))


@router.get("/customers/{customer}/usage")
def usage(
    visit: Visiting,
    customer: CustomerId,
    within: Period = _MONTH,
    per: Annotated[Per, Query(description="In the customer's zone and calendar.")] = "day",
) -> OfCustomer:
    """Uses, minutes and coverage over all units the customer owned, by product and local period."""
    cares = _cares(visit, customer)
    found = usage_of_customer(visit.conn, visit.catalog, customer, within.start, within.end, per, counters=True)
    shown = [p for p in found.products if cares or not visit.catalog[p.product].usage_is_sensitive]
    return usage_schemas.of_customer(found, shown)


def _cares(visit: Visit, customer: str) -> bool:
    """Whether the visitor is on the customer's care team. Who is neither that nor may read figures knows none."""
    found = customers.get(visit.conn, customer)
    visit.concerns(customer, customer)
    member = bool(visit.principal.roles & access.CARE_ROLES) and care.is_on_team(
        visit.conn, visit.principal.user_id, found.customer_id, datetime.now(UTC)
    )
    if not member and not visit.principal.roles & access.FIGURE_ROLES:
        raise Absent(f"there is no customer {customer}")
    return member
