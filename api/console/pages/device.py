"""One device: whose it is, how it is and how fresh that is, what it measured, did and lacks.

Each page has the path, the parameters and the roles of the JSON beside it. Above all of them stands the device itself,
as `GET /devices/{device}` says it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

import orjson
from fastapi import Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import JsonValue, StringConstraints

from api.access import CARE_ROLES, FIGURE_ROLES, is_guarded, view_of
from api.auditing import Visit, Visiting
from api.console.catalogues import N_
from api.console.language import reader_of
from api.console.pages.device_range import Asked, Chosen, Range, chosen, days_of, presets
from api.console.reasons import WORDS
from api.console.rendering import page
from api.console.routing import pages
from api.devices import history, records
from api.devices import usage as figures
from api.devices.history_schemas import Entry, Event
from api.devices.schemas import Detail
from api.errors import Absent
from api.paging import Cursor, Limit
from api.parameters import DeviceId, Key, Period
from api.usage_schemas import Per
from catalog.elements import Quality
from catalog.model import HEARTBEATS, Product, Signal
from store import devices
from store.silences import LATE

router = pages()

WEEK, MONTH, QUARTER = timedelta(days=7), timedelta(days=30), timedelta(weeks=12)
CHARTS_AT_FIRST = 4
MOST_CHARTS = 20
"""As many signals as one request of the history takes."""
MARKS = 100
GAPS_SHOWN = 50
DOUBTS = (
    (Quality.RANGE, N_("a value outside its plausible range")),
    (Quality.CLOCK, N_("time taken from arrival")),
    (Quality.UNDECLARED, N_("not in the catalogue")),
)
LOST = {
    "head": N_("before the first of a start"),
    "middle": N_("between two that came"),
    "tail": N_("after the last of a start"),
    "boots": N_("whole starts"),
}
LATE_S = 60
"""What arrives later than this after it was measured is said to."""


def said(value: JsonValue) -> bool | float | str | None:
    """A value of an attribute as `fmt.value` takes it: what is nested is shown as JSON."""
    return orjson.dumps(value).decode() if isinstance(value, list | dict) else value


def shown(request: Request, visit: Visit, template: str, found: Detail, period: Chosen, **context: Any) -> Response:
    """A page of the device `found`, in the zone of where it stands."""
    zone = _zone(found)
    product = visit.catalog[found.product]
    calendar = reader_of(request, visit.principal).calendar
    asked, within = period.asked, period.within
    return page(
        request,
        visit,
        f"device/{template}.html",
        fragment=context.pop("fragment", None),
        status=period.status,
        zone=zone,
        device=found,
        product=product,
        within=within,
        asked=asked,
        wrong=period.wrong,
        presets=presets(asked, within),
        days=days_of(within, zone, calendar),
        late_s=product.heartbeat_s * LATE,
        silent_s=product.heartbeat_s * HEARTBEATS,
        use_is_open=(cares := _use_is_open(visit, product, found.device, asked)),
        said_is_open=cares and (not is_guarded(product) or not visit.principal.roles.isdisjoint(CARE_ROLES)),
        settings={setting.key: setting for setting in product.setting},
        faults={fault.kind: fault.label for fault in product.fault},
        kinds={event.key: event for event in product.event},
        **context,
    )


def _use_is_open(visit: Visit, product: Product, device: str, asked: Asked) -> bool:
    """Whether the page of its use answers this reader, over the period that a link to it keeps."""
    if visit.principal.roles & FIGURE_ROLES and not product.usage_is_sensitive:
        return True
    if not visit.principal.roles & CARE_ROLES:
        return False
    seen = view_of(visit, devices.get(visit.conn, device))
    return seen.cared_within(asked.within(QUARTER)) is not None


def _zone(found: Detail) -> str:
    return found.owner.zone if found.owner else "UTC"


def period_of(
    request: Request, visit: Visit, found: Detail, asked: Asked, default: timedelta
) -> Chosen | RedirectResponse:
    """The period of a page of the device `found`, or where to go for it."""
    return chosen(request, asked, default, _zone(found), reader_of(request, visit.principal).calendar)


@router.get("/devices/{device}")
def detail(
    request: Request,
    visit: Visiting,
    device: DeviceId,
    asked: Range,
    signal: Annotated[list[Key] | None, Query(max_length=MOST_CHARTS)] = None,
) -> Response:
    """How it is now, and charts of its signals."""
    found = records.detail(visit, device)
    period = period_of(request, visit, found, asked, WEEK)
    if isinstance(period, Response):
        return period
    within = period.within
    product = visit.catalog[found.product]
    open_signals = [s for s in product.signal if not (s.sensitive and found.withheld)]
    return shown(
        request,
        visit,
        "detail",
        found,
        period,
        signals=open_signals,
        charted=_charted(device, open_signals, found, signal, within),
        most_charts=MOST_CHARTS,
        marks=_marks(visit, device, product, within),
        said=said,
        sees_use=_sees_use(visit, product, found),
    )


def _charted(
    device: str, signals: list[Signal], found: Detail, wanted: list[str] | None, within: Period
) -> list[Signal]:
    """The signals asked for, or else the first few that may have values in the period, then those that ever had.

    Raises `Absent` as the history does.
    """
    if wanted:
        by_key = {s.key: s for s in signals}
        for key in wanted:
            if key not in by_key:
                raise Absent(f"{device} has no signal {key}; it has {', '.join(by_key)}")
        return [by_key[key] for key in dict.fromkeys(wanted)]
    drawable = [s for s in signals if s.type != "text"]
    told = [s for s in drawable if s.key in found.latest]
    fresh = [s for s in told if found.latest[s.key].ts >= within.start]
    return (fresh + [s for s in told if s not in fresh] or drawable)[:CHARTS_AT_FIRST]


def _marks(visit: Visit, device: str, product: Product, within: Period) -> list[Event | Entry]:
    """What charts mark: events that are more than information, and changes of firmware."""
    notable = [event.key for event in product.event if event.severity != "info"]
    marks: list[Event | Entry] = []
    if notable:
        marks += history.listing(visit, device, kind=notable, within=within, limit=MARKS).items
    marks += history.everything(visit, device, source=["firmware"], within=within, limit=MARKS).items
    return marks


def _sees_use(visit: Visit, product: Product, found: Detail) -> bool:
    """Whether the reader sees how much it is used now: asked for in vain, that would be on record as an attempt."""
    if visit.principal.roles & {"support", "quality"} and not product.usage_is_sensitive:
        return True
    cares = found.owner is not None and found.owner.name is not None
    return bool(visit.principal.roles & CARE_ROLES) and cares and not found.withheld


@router.get("/devices/{device}/usage")
def usage(
    request: Request,
    visit: Visiting,
    device: DeviceId,
    asked: Range,
    per: Annotated[Per, Query(description="In the owner's zone and calendar.")] = "week",
) -> Response:
    """How much it was used, by the week unless asked otherwise; htmx gets the figures alone."""
    found = records.detail(visit, device)
    period = period_of(request, visit, found, asked, QUARTER)
    if isinstance(period, Response):
        return period
    within = period.within
    used = figures.usage(visit, device, within, per)
    return shown(
        request, visit, "usage", found, period, usage=used, fragment="figures", moment=timedelta(microseconds=1)
    )


_AnyKey = Annotated[str, StringConstraints(pattern=r"^([a-z][a-z0-9_]{0,47})?$")]


@router.get("/devices/{device}/events")
def events(
    request: Request,
    visit: Visiting,
    device: DeviceId,
    asked: Range,
    kind: Annotated[list[_AnyKey] | None, Query(max_length=50)] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Response:
    """What happened, newest first; htmx gets the rows alone."""
    found = records.detail(visit, device)
    period = period_of(request, visit, found, asked, MONTH)
    if isinstance(period, Response):
        return period
    within = period.within
    wanted = [key for key in kind or () if key]
    listed = history.listing(visit, device, kind=wanted or None, within=within, cursor=cursor, limit=limit)
    return shown(
        request,
        visit,
        "events",
        found,
        period,
        events=listed,
        wanted=wanted,
        cursor=cursor,
        said=said,
        doubts=DOUBTS,
        late_after_s=LATE_S,
        fragment="rows",
    )


@router.get("/devices/{device}/gaps")
def gaps(request: Request, visit: Visiting, device: DeviceId, asked: Range) -> Response:
    """What its history lacks, and how far its clock is to be believed."""
    found = records.detail(visit, device)
    period = period_of(request, visit, found, asked, MONTH)
    if isinstance(period, Response):
        return period
    within = period.within
    lacking = figures.lacking(visit, device, within)
    return shown(request, visit, "gaps", found, period, gaps=lacking, most=GAPS_SHOWN, lost=LOST, reasons=WORDS)
