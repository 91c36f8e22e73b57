"""Finding a device: by whatever a person has in hand, and by how it stands."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Query, Request
from fastapi.responses import HTMLResponse

from api.auditing import Visiting
from api.console import paths
from api.console.catalogues import N_
from api.console.rendering import is_fragment, page
from api.console.routing import pages
from api.devices import presenting, records
from api.devices.schemas import Standing, Wanted
from api.paging import Cursor, Limit
from api.parameters import ID, Text

router = pages()

STANDINGS: dict[Standing, str] = {
    "connected": N_("Connected"),
    "disconnected": N_("Not connected"),
    "reporting": N_("Reporting"),
    "silent": N_("Silent"),
    "healthy": N_("Healthy"),
    "faulty": N_("With an open fault"),
}
STATUSES: dict[str, str] = {
    "active": N_("Active"),
    "suspended": N_("Suspended"),
    "quarantined": N_("Quarantined"),
    "retired": N_("Retired"),
}
COVERAGES = ("0.5", "0.9", "0.99")
"""Shares of a week that one may ask for less than."""


@router.get("/devices")
def search(
    request: Request,
    visit: Visiting,
    q: Annotated[Text, Query(max_length=100)] = "",
    product: Annotated[str, Query(max_length=64, pattern=r"^[a-z0-9_]*$")] = "",
    customer: Annotated[str, Query(pattern=rf"^$|{ID}")] = "",
    status: Literal[Wanted, ""] = "",
    firmware: Annotated[Text, Query(max_length=200)] = "",
    presence: Literal[Standing, ""] = "",
    coverage_below: Annotated[str, Query(pattern=r"^(0(\.\d{1,4})?|1(\.0{1,4})?)?$")] = "",
    cursor: Cursor = None,
    limit: Limit = 30,
) -> HTMLResponse:
    """Devices that match everything given; htmx gets the rows alone. What is empty is not asked for."""
    if status == "silent":  # the same devices under either name
        status, presence = "", presence or "silent"
    found = records.search(
        visit,
        product=product or None,
        customer=customer or None,
        q=q.strip() or None,
        status=status or None,
        firmware=firmware.strip() or None,
        presence=presence or None,
        coverage_below=float(coverage_below) or None if coverage_below else None,
        cursor=cursor,
        limit=limit,
    )
    shown = page(
        request,
        visit,
        "fleet/list.html",
        fragment="rows",
        found=found,
        cursor=cursor,
        wanted={
            "q": q,
            "product": product,
            "customer": customer,
            "status": status,
            "firmware": firmware,
            "presence": presence,
            "coverage_below": coverage_below,
        },
        filtered=bool(q.strip() or product or customer or status or firmware.strip() or presence or coverage_below),
        catalogue=visit.catalog,
        statuses=STATUSES,
        standings=STANDINGS,
        coverages=COVERAGES,
        named=presenting.may_name(visit),
    )
    if is_fragment(request):  # a form sends its empty fields too: what one copies from the address bar is short
        asked = {key: value for key, value in request.query_params.multi_items() if value}
        # Going on is no new search: one step back leads before it.
        shown.headers["HX-Replace-Url" if cursor else "HX-Push-Url"] = paths.url("/devices", asked)
    return shown
