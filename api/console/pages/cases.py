"""Cases: the list, and the page that whoever takes the call has open, so that nobody repeats himself."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final, Literal

from fastapi import Depends, Query, Request
from fastapi.responses import HTMLResponse

from api.auditing import Visit, Visiting
from api.cases import endpoints as cases
from api.cases.endpoints import CaseId
from api.cases.schemas import Case
from api.console import saying
from api.console.catalogues import N_
from api.console.rendering import page
from api.console.routing import pages
from api.paging import Cursor, Limit
from api.parameters import ID, Period, period
from api.reach import Reach
from api.sessions.forms import Form
from store import customers
from store.cases import Due, State
from store.statements import Channel

router = pages()

SHOWN = 50
Done = Literal["said", "split", "answered", "promised", "kept", "closed", "reopened"]
DONE: Final[Mapping[str, str]] = {
    "said": N_("The statement is saved."),
    "split": N_("The statement has a case of its own now. Promises and closings stay with the case it left."),
    "answered": N_("The answer is noted."),
    "promised": N_("The promise is noted; its clock runs."),
    "kept": N_("The promise is kept."),
    "closed": N_("The case is solved. For 30 days it is watched for what was wrong coming back."),
    "reopened": N_("The case is taken up again."),
}
DUES: Final[Mapping[Due, str]] = {"open": N_("With a promise to be kept"), "overdue": N_("With an overdue promise")}
_MONTH = Depends(period(timedelta(days=30), timedelta(days=1830)))


@router.get("/cases")
def search(
    request: Request,
    visit: Visiting,
    state: Annotated[list[State | Literal[""]] | None, Query()] = None,
    customer: Annotated[str, Query(pattern=rf"^$|{ID}")] = "",
    device: Annotated[str, Query(pattern=rf"^$|{ID}")] = "",
    promise: Due | Literal[""] = "",
    channel: Channel | Literal[""] = "",
    mine: bool = False,
    cursor: Cursor = None,
    limit: Limit = SHOWN,
) -> HTMLResponse:
    """Cases that match everything given; htmx gets the rows alone. What is empty is not asked for."""
    states: list[State] = [one for one in state or [] if one]
    found = cases.search(
        visit,
        state=states or None,
        customer=customer or None,
        device=device or None,
        promise=promise or None,
        channel=channel or None,
        mine=mine,
        cursor=cursor,
        limit=limit,
    )
    return page(
        request,
        visit,
        "cases/list.html",
        fragment="rows",
        found=found,
        cursor=cursor,
        wanted={
            "state": states[0] if len(states) == 1 else "",
            "customer": customer,
            "device": device,
            "promise": promise,
            "channel": channel,
            "mine": mine,
        },
        filtered=bool(states or customer or device or promise or channel or mine),
        dues=DUES,
        words=saying,
        now=datetime.now(UTC),
    )


@router.get("/cases/response-times")
def response_times(request: Request, visit: Visiting, within: Period = _MONTH) -> HTMLResponse:
    """How soon customers were answered, by channel."""
    found = cases.response_times(visit, within)
    return page(request, visit, "cases/times.html", times=found, words=saying)


@router.get("/cases/{case}")
def detail(request: Request, visit: Visiting, case: CaseId, done: Done | None = None) -> HTMLResponse:
    """One case: the device's state, what was said and found, what was promised and done."""
    return shown(request, visit, cases.detail(visit, case), done=DONE.get(done or "", ""))


def shown(
    request: Request,
    visit: Visit,
    found: Case,
    *,
    done: str = "",
    at: str = "",
    sent: Form | None = None,
    wrong: Mapping[str, str] | None = None,
    trouble: str = "",
    status: int = 200,
) -> HTMLResponse:
    """The page of a case; `at` is the form that comes back as it was `sent`."""
    owner = customers.get(visit.conn, found.customer)
    product = visit.catalog.get(found.product) if found.product else None
    reach = Reach(visit)
    return page(
        request,
        visit,
        "cases/detail.html",
        status=status,
        zone=owner.zone,
        case=found,
        product=product,
        faults={} if product is None else {fault.kind: fault.label for fault in product.fault},
        pieces={one.statement: saying.marked(one.text or "", _kept(one)) for one in found.statements},
        opens_customer=not reach.visit.principal.roles.isdisjoint({"support"}) or owner.customer_id in reach.cared,
        words=saying,
        now=datetime.now(UTC),
        done=done,
        at=at,
        sent={"once": secrets.token_urlsafe(16)} | dict(sent or {}),
        wrong=wrong or {},
        trouble=trouble,
    )


def _kept(statement: Any) -> list[Any]:
    return [one for one in statement.claims if not one.dropped]
