"""What we make, made readable: every signal, event, fault and command of the catalogue, in both languages."""

from __future__ import annotations

from fastapi import Path, Request
from fastapi.responses import HTMLResponse

from api.auditing import Visiting
from api.console.catalogues import N_
from api.console.rendering import page
from api.console.routing import pages
from api.products import endpoints as products

router = pages()

TYPES = {
    "float32": N_("number"),
    "float64": N_("number, double precision"),
    "int64": N_("whole number"),
    "bool": N_("yes or no"),
    "enum": N_("one of some words"),
    "text": N_("text"),
}
SEVERITIES = {
    "info": (N_("Information"), "info"),
    "warning": (N_("Warning"), "warn"),
    "error": (N_("Error"), "bad"),
}
"""Label and tone."""
TOPICS = {
    "usage_frequency": N_("how often it is used"),
    "usage_duration": N_("how long it is used"),
    "missed_doses": N_("doses missed"),
    "adherence": N_("doses taken as prescribed"),
    "battery_runtime": N_("how long the battery lasts"),
    "fault_frequency": N_("how often it fails"),
    "fault_since": N_("since when it fails"),
    "stock_level": N_("how much is in stock"),
    "stock_consumption": N_("how fast stock is used"),
    "last_used": N_("when it was last used"),
}
ROLES = {
    "admin": N_("administration"),
    "support": N_("support"),
    "maintenance": N_("maintenance"),
    "clinician": N_("clinician"),
    "carer": N_("carer"),
    "stock": N_("stock"),
    "quality": N_("quality"),
}


@router.get("/products")
def listing(request: Request, visit: Visiting) -> HTMLResponse:
    """Every product we make."""
    found = products.listing(visit)
    return page(request, visit, "products/list.html", products=found.items, declared=visit.catalog)


@router.get("/products/{product}")
def detail(request: Request, visit: Visiting, product: str = Path(max_length=64)) -> HTMLResponse:
    """One product, as its file declares it."""
    return page(
        request,
        visit,
        "products/detail.html",
        product=products.detail(visit, product),
        types=TYPES,
        severities=SEVERITIES,
        topics=TOPICS,
        roles=ROLES,
    )
