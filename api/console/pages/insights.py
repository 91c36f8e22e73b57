"""Insights over the fleet, and whom to call before they do."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final, NamedTuple

from fastapi import Query, Request
from fastapi.responses import HTMLResponse

from api.auditing import Visiting
from api.console import saying
from api.console.catalogues import N_
from api.console.rendering import page
from api.console.routing import pages
from api.insight import endpoints
from api.insight.schemas import Bias, Standing
from api.parameters import Period
from catalog import Catalog
from store.insight.reading import By, Group

router = pages()

BYS: Final = {"product": N_("By product"), "channel": N_("By channel"), "lang": N_("By language")}
GROUPS: Final = {"firmware": N_("By firmware"), "batch": N_("By batch")}
LANGUAGES: Final = {"en": N_("English"), "fa": N_("Persian")}
LENGTHS: Final = ((30, N_("30 days")), (90, N_("90 days")), (365, N_("A year")))
OCTAVES: Final = 2
"""The picture reaches from a quarter to four times what is reported."""
STOOD: Final = 40
"""Groups that do not stand out, shown after those that do."""


class Dots(NamedTuple):
    """Places on the axis from a quarter (0) to four times (100)."""

    median: float
    low: float
    high: float
    quarter: float
    three_quarters: float


def place(ratio: float) -> float:
    """Where a ratio stands on the axis, 0 to 100; beyond its ends at the end."""
    return min(max(50 + 50 * math.log2(ratio) / OCTAVES, 0), 100)


def dots(one: Bias) -> Dots | None:
    """Of a median and what surrounds it; None without one."""
    told = (one.median, one.low, one.high, one.quarter, one.three_quarters)
    return Dots(*(round(place(value), 1) for value in told if value is not None)) if None not in told else None


def topic(one: Standing, catalog: Catalog, language: str) -> str | None:
    """The label of a fault of the catalogue; None: a topic of statements, told by `saying.TOPICS`."""
    if one.source == "said":
        return None
    product = catalog.get(one.product)
    labels = {fault.kind: fault.label for fault in product.fault} if product else {}
    label = labels.get(one.topic)
    return (label.fa if language == "fa" else label.en) if label else one.topic


@router.get("/insights")
def insights(
    request: Request,
    visit: Visiting,
    within: Period = endpoints.QUARTER,
    by: Annotated[By, Query()] = "product",
    group: Annotated[Group, Query()] = "firmware",
) -> HTMLResponse:
    """What is said beside what is reported over the fleet."""
    found = endpoints.insights(visit, within, by, group)
    now = datetime.now(UTC)
    length = within.end - within.start
    lengths = [
        (label, now - timedelta(days=days), abs(length - timedelta(days=days)) < timedelta(hours=1))
        for days, label in LENGTHS
    ]
    return page(
        request,
        visit,
        "insights/fleet.html",
        insights=found,
        standing=[one for one in found.standing if one.stands_out] or [],
        others=[one for one in found.standing if not one.stands_out and one.devices][:STOOD],
        catalog=visit.catalog,
        dots=dots,
        topic_of=lambda one, language: topic(one, visit.catalog, language),
        bys=BYS,
        groups=GROUPS,
        languages=LANGUAGES,
        lengths=lengths,
        saying=saying,
    )


@router.get("/contacts")
def contacts(request: Request, visit: Visiting) -> HTMLResponse:
    """Customers whose use falls, and devices that are silent."""
    return page(request, visit, "insights/contacts.html", found=endpoints.contacts(visit), catalog=visit.catalog)
