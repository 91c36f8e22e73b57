"""Customers: their profile, consents and care team."""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi.responses import JSONResponse

from api.auditing import Visiting
from api.customers import changes
from api.customers.schemas import (
    CareTeam,
    CareTeamWanted,
    Consent,
    Consents,
    ConsentsWanted,
    Customer,
    CustomerChange,
    Member,
    NewCustomer,
    Owned,
    Profile,
)
from api.idempotent import OnlyOnce
from api.paging import Cursor, Limit, Page, decode, page
from api.parameters import CustomerId, Search
from api.routing import feature
from store import care, consents, customers, ownerships

router = feature("customers")


@router.post("/customers", status_code=201, response_model=Customer)
def create(visit: Visiting, once: OnlyOnce, body: NewCustomer) -> JSONResponse:
    """Add a customer."""

    def work() -> Customer:
        visit.concerns(body.customer, body.customer)
        return Customer.model_validate(customers.create(visit.conn, **body.model_dump()))

    return once.run(body, work)


@router.get("/customers")
def search(visit: Visiting, q: Search = None, cursor: Cursor = None, limit: Limit = 100) -> Page[Customer]:
    """Customers whose id or name contains `q`, in order of id."""
    after = decode(cursor, "customers", str)
    rows = customers.search(visit.conn, q=q, after=after[0] if after else "", limit=limit)
    visit.concerns("*", found=len(rows))
    return page("customers", rows, limit, lambda row: (row.customer,), Customer.model_validate)


@router.get("/customers/{customer}")
def detail(visit: Visiting, customer: CustomerId) -> Profile:
    """Profile, units and consents of one customer."""
    found = customers.get(visit.conn, customer)
    visit.concerns(customer, customer)
    return Profile(
        **Customer.model_validate(found).model_dump(),
        devices=[Owned.model_validate(o) for o in ownerships.of_customer(visit.conn, found.customer_id)],
        consents=[Consent.model_validate(c) for c in consents.listing(visit.conn, found.customer_id)],
    )


@router.patch("/customers/{customer}")
def change(visit: Visiting, customer: CustomerId, body: CustomerChange) -> Customer:
    """Change the name, the language, the zone and calendar their days are counted in."""
    given = body.model_dump(exclude_none=True)
    visit.concerns(customer, customer, fields=[*sorted(given)])
    return Customer.model_validate(customers.change(visit.conn, customer, **given))


@router.put("/customers/{customer}/consents")
def consent(visit: Visiting, customer: CustomerId, body: ConsentsWanted) -> Consents:
    """Say what the customer agrees to from now on."""
    found = customers.get(visit.conn, customer)
    visit.concerns(customer, customer, purposes=[*sorted(set(body.purposes))])
    changes.consent_to(visit.conn, found.customer_id, set(body.purposes), datetime.now(UTC))
    return Consents(items=[Consent.model_validate(c) for c in consents.listing(visit.conn, found.customer_id)])


@router.get("/customers/{customer}/care-team")
def care_team(visit: Visiting, customer: CustomerId) -> CareTeam:
    """Who may see what is sensitive of this customer, and who might."""
    found = customers.get(visit.conn, customer)
    visit.concerns(customer, customer)
    return CareTeam(items=[Member.model_validate(m) for m in care.members(visit.conn, found.customer_id)])


@router.put("/customers/{customer}/care-team")
def set_care_team(visit: Visiting, customer: CustomerId, body: CareTeamWanted) -> CareTeam:
    """Say who is on the care team from now on."""
    found = customers.get(visit.conn, customer)
    visit.concerns(customer, customer, members=[*sorted(set(body.members))])
    changes.care_by(visit.conn, found.customer_id, set(body.members), datetime.now(UTC))
    return CareTeam(items=[Member.model_validate(m) for m in care.members(visit.conn, found.customer_id)])
