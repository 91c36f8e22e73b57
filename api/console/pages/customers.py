"""Customers: finding one, what they own, how much they use it, who cares for them.

Each page has the path, the parameters and the roles of the JSON beside it: who may read a profile may not for that
reason read figures or care teams, so those are pages of their own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

from fastapi import Depends, Query, Request
from fastapi.responses import HTMLResponse

from api.access import CARE_ROLES
from api.auditing import Visit, Visiting
from api.console.catalogues import N_
from api.console.editing import mark
from api.console.rendering import page
from api.console.routing import pages
from api.customers import endpoints as customers
from api.customers import usage as customer_usage
from api.customers.schemas import MAX_MEMBERS, MAX_PURPOSES, Consent, Customer
from api.paging import Cursor, Limit
from api.parameters import CustomerId, Period, Text, period
from api.sessions.forms import Form
from api.usage_schemas import Per
from store import users as store_users

router = pages()

SHOWN = 50
Done = Literal["made", "changed", "consents", "given", "promised", "taken"]
DONE = {
    "made": N_("The customer is added."),
    "changed": N_("The profile is saved."),
    "promised": N_(
        "The device is theirs from the day you chose. Until then nobody owns it; below it can be called off."
    ),
    "consents": N_("The consents are saved."),
    "given": N_("The device is theirs now."),
    "taken": N_("The device is taken back."),
    "team": N_("The care team is saved. It holds from now on."),
}

_QUARTER = Depends(period(timedelta(weeks=12), timedelta(days=1830)))


@router.get("/customers")
def search(
    request: Request,
    visit: Visiting,
    q: Annotated[Text, Query(max_length=100)] = "",
    cursor: Cursor = None,
    limit: Limit = SHOWN,
) -> HTMLResponse:
    """Customers whose id or name contains `q`; htmx gets the rows alone."""
    return listed(request, visit, q=q, cursor=cursor, limit=limit)


@router.get("/customers/{customer}")
def detail(request: Request, visit: Visiting, customer: CustomerId, done: Done | None = None) -> HTMLResponse:
    """What is known of one customer, and what they own. Times are in their zone."""
    return shown(request, visit, customer, done=DONE.get(done or "", ""))


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
        fragment="figures",
        zone=found.zone,
        customer=customer,
        usage=found,
        labels={key: product.label for key, product in visit.catalog.items()},
    )


@router.get("/customers/{customer}/care-team")
def care_team(
    request: Request, visit: Visiting, customer: CustomerId, done: Literal["team"] | None = None
) -> HTMLResponse:
    """Who may see what is sensitive of this customer, and who might."""
    return team(request, visit, customer, done=DONE.get(done or "", ""))


def listed(
    request: Request,
    visit: Visit,
    *,
    q: str = "",
    cursor: str | None = None,
    limit: int = SHOWN,
    sent: Form | None = None,
    wrong: Mapping[str, str] | None = None,
) -> HTMLResponse:
    """The list, and the form that adds one: as it was `sent` when it comes back."""
    return page(
        request,
        visit,
        "customers/list.html",
        fragment="rows",
        status=422 if wrong else 200,
        q=q,
        found=customers.search(visit, q.strip() or None, cursor, limit),
        cursor=cursor,
        sent={"week_start": "1", "weekend.6": "1", "weekend.7": "1"} if sent is None else sent,
        wrong=wrong or {},
    )


def shown(
    request: Request,
    visit: Visit,
    customer: str,
    *,
    sent: Form | None = None,
    profile: Form | None = None,
    wrong: Mapping[str, str] | None = None,
    trouble: str = "",
    done: str = "",
    status: int = 200,
) -> HTMLResponse:
    """What is known of `customer`, with one of its forms as it was `sent`, or that of the `profile`, when it comes
    back.
    """
    found, now = customers.detail(visit, customer), datetime.now(UTC)
    agreed = in_force(found.consents, now)
    return page(
        request,
        visit,
        "customers/detail.html",
        status=status,
        zone=found.zone,
        customer=found,
        labels={key: product.label for key, product in visit.catalog.items()},
        now=now,
        purposes=sorted({one.purpose for one in found.consents}),
        agreed=agreed,
        was=mark(agreed),
        profile=_filled(found) if profile is None else profile,
        profile_sent=profile is not None,
        profile_was=profile_mark(found),
        most=MAX_PURPOSES,
        sent=sent or {},
        wrong=wrong or {},
        trouble=trouble,
        done=done,
    )


def team(
    request: Request,
    visit: Visit,
    customer: str,
    *,
    ticked: Sequence[str] | None = None,
    trouble: str = "",
    done: str = "",
    status: int = 200,
) -> HTMLResponse:
    """The care team of `customer`, and everybody who could be on it; `ticked` as in the form that comes back."""
    found, now = customers.care_team(visit, customer).items, datetime.now(UTC)
    present = {one.user: one.display_name for one in found if one.until is None or one.until > now}
    people = {one.name: one.display_name for one in store_users.with_roles(visit.conn, CARE_ROLES)}
    return page(
        request,
        visit,
        "customers/team.html",
        status=status,
        customer=customer,
        members=found,
        now=now,
        chosen=present if ticked is None else ticked,
        most=MAX_MEMBERS,
        people=people | present,
        was=mark(sorted(present)),
        trouble=trouble,
        done=done,
    )


def profile_mark(found: Customer) -> str:
    """Another one as soon as anything that the form of the profile shows is changed."""
    return mark(sorted(_filled(found).items()))


def _filled(found: Customer) -> Form:
    """The form of the profile as it is stored."""
    return {
        "name": found.name,
        "zone": found.zone,
        "language": found.language,
        "calendar": found.calendar,
        "week_start": str(found.week_start),
        **{f"weekend.{day}": "1" for day in found.weekend},
    }


def in_force(given: Sequence[Consent], now: datetime) -> list[str]:
    """The purposes that are agreed to, and not withdrawn."""
    return sorted({one.purpose for one in given if one.until is None or one.until > now})
