"""Both voices: what customers said of a device, or of all they own, on one time axis with what was reported."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from fastapi import Depends, Request, Response
from fastapi.responses import HTMLResponse

from api.auditing import Visit, Visiting
from api.console import comparing, pictures, saying
from api.console.pages.device import period_of, shown
from api.console.pages.device_range import Range
from api.console.pictures import Picture, Voice
from api.console.rendering import is_fragment, page
from api.console.routing import pages
from api.console.scales import Scale, scales
from api.devices import records
from api.paging import Cursor, Limit
from api.parameters import CustomerId, DeviceId, Period, period
from api.reach import Reach
from api.statements import comparison
from api.statements.comparison import Comparison
from api.statements.schemas import Statement
from api.statements.verdict_schemas import Verdict
from store import customers

router = pages()

YEAR = timedelta(days=365)
SHOWN = 20
MOST_VOICES = 4
"""Bands of one picture: the newest. More would hide each other; the list below has all."""
_YEAR = Depends(period(YEAR, timedelta(days=1830)))


class Scaled(NamedTuple):
    """One claim on a scale."""

    number: int
    topic: str
    device: str | None
    verdict: Verdict
    scales: tuple[Scale, Scale]


@router.get("/devices/{device}/comparison")
def of_device(
    request: Request, visit: Visiting, device: DeviceId, asked: Range, cursor: Cursor = None, limit: Limit = SHOWN
) -> Response:
    """What was said of a device beside what it reports; htmx gets the voices alone."""
    found = records.detail(visit, device)
    chosen = period_of(request, visit, found, asked, YEAR)
    if isinstance(chosen, Response):
        return chosen
    compared = comparison.of_device(visit, device, chosen.within, cursor, limit)
    both = _drawn(request, visit, compared)
    return shown(request, visit, "comparison", found, chosen, **both, cursor=cursor, fragment="voices")


@router.get("/customers/{customer}/comparison")
def of_customer(
    request: Request,
    visit: Visiting,
    customer: CustomerId,
    within: Period = _YEAR,
    cursor: Cursor = None,
    limit: Limit = SHOWN,
) -> HTMLResponse:
    """What a customer said beside what their products report; htmx gets the voices alone."""
    compared = comparison.of_customer(visit, customer, within, cursor, limit)
    owner = customers.get(visit.conn, customer)
    return page(
        request,
        visit,
        "customers/comparison.html",
        fragment="voices",
        zone=owner.zone,
        customer=customer,
        customer_name=owner.name if Reach(visit).named(owner.customer_id) else None,
        within=within,
        cursor=cursor,
        **_drawn(request, visit, compared),
    )


def _drawn(request: Request, visit: Visit, compared: Comparison) -> dict[str, Any]:
    """The statements, and pictures of what their claims came to. A claim is called by its statement's number."""
    oldest_first = list(reversed(compared.items))
    voices = [Voice(one.statement, verdict, one.said_at, one.device) for one, verdict in _standing(oldest_first)]
    made = sorted(pictures.of_periods(voices), key=_newest, reverse=True)
    for picture in made:
        picture.voices[:] = picture.voices[-MOST_VOICES:]
    comparing.shade(visit, made)
    seen = {id(voice.verdict) for picture in made for voice in picture.voices}
    scaled = [
        Scaled(one.statement, verdict.claim.topic, one.device, verdict, found)
        for one, verdict in reversed(_standing(oldest_first))
        if not verdict.reported.periods and (found := scales(verdict))
    ]
    seen |= {id(one.verdict) for one in scaled}
    undrawn = {
        one.statement: [claim.n for claim in _kept(one) if id(claim.verdict) not in seen] for one in oldest_first
    }
    return {
        "compared": compared,
        "undrawn": undrawn,
        "drawn": made,
        "scaled": scaled,
        "pieces": {one.statement: saying.marked(one.text or "", _kept(one)) for one in compared.items},
        "words": saying,
        "whole": not is_fragment(request),
    }


def _kept(statement: Statement) -> list[Any]:
    return [one for one in statement.claims if not one.dropped]


def _standing(statements: Sequence[Statement]) -> list[tuple[Statement, Verdict]]:
    return [(one, claim.verdict) for one in statements for claim in _kept(one) if claim.verdict is not None]


def _newest(picture: Picture) -> datetime:
    return max(voice.said_at for voice in picture.voices)
