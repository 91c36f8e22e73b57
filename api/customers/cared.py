"""The customers a clinician or carer looks after."""

from __future__ import annotations

from datetime import UTC, datetime

from api.auditing import Visiting
from api.customers.schemas import Customer
from api.routing import feature
from api.shapes import Answer
from store import customers

router = feature("customers")


class Cared(Answer):
    """All of them: a care team's list is short."""

    items: list[Customer]
    next: None = None


@router.get("/me/customers")
def cared_for(visit: Visiting) -> Cared:
    """Customers on whose care team the user is now, in order of id."""
    rows = customers.cared_for(visit.conn, visit.principal.user_id, datetime.now(UTC))
    for row in rows:
        visit.concerns(row.customer, row.customer)
    if not rows:
        visit.concerns("*", found=0)
    return Cared(items=[Customer.model_validate(row) for row in rows])
