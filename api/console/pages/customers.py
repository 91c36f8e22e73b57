"""Customers: finding one, what they own, how much they use it, who cares for them.

Each page has the path, the parameters and the roles of the JSON beside it: who may read a profile may not for that
reason read figures or care teams, so those are pages of their own.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import Depends, Query, Request
from fastapi.responses import HTMLResponse

from api.auditing import Visiting
from api.console.rendering import page
from api.console.routing import pages
from api.customers import endpoints as customers
from api.customers import usage as customer_usage
from api.paging import Cursor, Limit
from api.parameters import CustomerId, Period, Text, period
from api.usage_schemas import Per

router = pages()

_QUARTER = Depends(period(timedelta(weeks=12), timedelta(days=1830)))


@router.get("/customers")
def search(
    request: Request,
    visit: Visiting,
    q: Annotated[Text, Query(max_length=100)] = "",
    cursor: Cursor = None,
    limit: Limit = 50,
) -> HTMLResponse:
    """Customers whose id or name contains `q`; htmx gets the rows alone."""
    found = customers.search(visit, q.strip() or None, cursor, limit)
    return page(request, visit, "customers/list.html", fragment="rows", q=q, found=found, cursor=cursor)


@router.get("/customers/{customer}")
def detail(request: Request, visit: Visiting, customer: CustomerId) -> HTMLResponse:
    """What is known of one customer, and what they own. Times are in their zone."""
    found = customers.detail(visit, customer)
    return page(
        request,
        visit,
        "customers/detail.html",
        zone=found.zone,
        customer=found,
        labels={key: product.label for key, product in visit.catalog.items()},
        now=datetime.now(UTC),
    )


@router.get("/customers/{customer}/usage")
def usage(
    request: Request,
    visit: Visiting,
    customer: CustomerId,
    within: Period = _QUARTER,
    per: Annotated[Per, Query(description="In the customer's zone and calendar.")] = "week",
) -> HTMLResponse:
    """How much they used everything they own, by the week unless asked otherwise."""
    found = customer_usage.usage(visit, customer, within, per)
    return page(
        request,
        visit,
        "customers/usage.html",
        zone=found.zone,
        customer=customer,
        usage=found,
        labels={key: product.label for key, product in visit.catalog.items()},
    )


@router.get("/customers/{customer}/care-team")
def care_team(request: Request, visit: Visiting, customer: CustomerId) -> HTMLResponse:
    """Who may see what is sensitive of this customer, and who might."""
    found = customers.care_team(visit, customer)
    return page(request, visit, "customers/team.html", customer=customer, members=found.items, now=datetime.now(UTC))
