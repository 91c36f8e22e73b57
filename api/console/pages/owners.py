"""Whose a device is: its owners so far, giving it to a customer, taking it back."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Literal
from zoneinfo import ZoneInfo

from fastapi import Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from api.auditing import Visit, Visiting
from api.console import editing, paths
from api.console.catalogues import N_
from api.console.editing import mark
from api.console.language import reader_of
from api.console.pages.device_range import day_of
from api.console.rendering import page
from api.console.routing import pages
from api.devices import registry
from api.devices.schemas import Ownership, OwnershipsWanted, Span
from api.errors import BadInput
from api.parameters import YEARS, DeviceId
from api.sessions.forms import Sent
from store import customers, devices, ownerships
from store.errors import Conflict, InvalidValue, NotFound

router = pages()

NO_DEVICE = N_("There is no device of this id. Search for it, or register it first.")
NO_CUSTOMER = N_("There is no customer of this id. Ask support to add them.")
TO_COME = N_("Somebody is to own it from a day to come. Call that off first, on the device's page of owners.")
OWNED = N_("Somebody owns it. Take it back from them first, on the device's page.")
A_DAY = N_("Write a day as year-month-day, or leave it empty for now.")
BEFORE = N_("It was somebody's then. Choose a later day, or leave it empty for now.")
NOT_YET = N_("That is before they had it. Choose a later day, or leave it empty for now.")
DONE = {
    "given": N_("The device has an owner now."),
    "promised": N_(
        "The device has an owner from the day you chose. Until then nobody owns it; here it can be called off."
    ),
    "taken": N_("The device is taken back."),
    "called_off": N_("It is called off. Nobody owns the device, and nobody is to own it."),
}


@router.get("/devices/{device}/ownerships")
def owners(
    request: Request,
    visit: Visiting,
    device: DeviceId,
    done: Literal["given", "promised", "taken", "called_off"] | None = None,
) -> HTMLResponse:
    """Who owned it when, and the form to give it or to take it back."""
    return _shown(request, visit, device, done=DONE.get(done or "", ""))


@router.post("/devices/{device}/ownerships")
def own(request: Request, visit: Visiting, device: DeviceId, sent: Sent) -> Response:
    """Give it to the customer who is named; without a name, take it back from whoever has it."""
    kept = _history(visit, device)
    if editing.is_outdated(sent, _mark([Ownership.model_validate(one) for one in kept])):
        visit.notes(owned=False)
        return _shown(request, visit, device, trouble=editing.OUTDATED, status=409)
    customer = sent.get("customer", "").strip()
    if customer or "customer" in sent:
        wrong = give(request, visit, device, customer, sent.get("day", ""))
        done = "promised" if begins_later(visit, device) else "given"
    else:
        later = begins_later(visit, device)
        wrong = take(request, visit, device, sent.get("day", ""))
        done = "called_off" if later and not begins_later(visit, device) else "taken"
    if wrong:
        visit.notes(owned=False)
        return _shown(request, visit, device, customer=customer, day=sent.get("day", ""), wrong=wrong, status=422)
    return RedirectResponse(paths.url("/devices/{device}/ownerships", {"done": done}, device=device), 303)


def give(request: Request, visit: Visit, device: str, customer: str, day: str) -> dict[str, str]:
    """Have `customer` own it from the beginning of `day`, or from now. Returns what is wrong, by field; then nothing
    is done.
    """
    try:
        kept = _history(visit, device)
    except NotFound:
        return {"device": NO_DEVICE}
    known = customers.by_ids(visit.conn, [customer]).get(customer)
    if known is None:
        return {"customer": NO_CUSTOMER}
    now = datetime.now(UTC)
    held = [one for one in kept if one.until is None or one.until > now]
    if held:
        return {"device": OWNED if held[0].since <= now else TO_COME}
    try:
        since = _beginning(request, visit, day, known.zone) or now
    except BadInput:
        return {"day": A_DAY}
    past = [_span(one, one.until) for one in kept]
    return _set(visit, device, [*past, Span(customer=customer, since=since)], BEFORE)


def take(request: Request, visit: Visit, device: str, day: str) -> dict[str, str]:
    """Have nobody own it from the beginning of `day`, or from now; what would begin later is called off. Returns as
    `give` does.
    """
    kept, now = _history(visit, device), datetime.now(UTC)
    held = [one for one in kept if one.until is None or one.until > now]
    if not held:  # done already: the form was sent twice
        visit.concerns(device, owned=False)
        return {}
    try:
        until = _beginning(request, visit, day, held[0].zone) or now
    except BadInput:
        return {"day": A_DAY}
    if until <= held[0].since <= now:
        return {"day": NOT_YET}
    past = [_span(one, one.until) for one in kept if one not in held]
    cut = [_span(one, min(one.until or until, until)) for one in held if one.since < until]
    return _set(visit, device, [*past, *cut], NOT_YET)


def begins_later(visit: Visit, device: str) -> bool:
    """Whether nobody owns it now, and somebody is to own it from a day to come."""
    now = datetime.now(UTC)
    kept = ownerships.history(visit.conn, devices.get(visit.conn, device).device_id)
    held = [one for one in kept if one.until is None or one.until > now]
    return bool(held) and held[0].since > now


def _span(one: ownerships.Ownership, until: datetime | None) -> Span:
    return Span(customer=one.customer, since=one.since, until=until, zone=one.zone)


def _set(visit: Visit, device: str, spans: list[Span], clash: str) -> dict[str, str]:
    try:
        with editing.attempt(visit):
            registry.own(visit, device, OwnershipsWanted(items=spans))
    except (Conflict, InvalidValue):
        return {"day": clash}
    return {}


def _history(visit: Visit, device: str) -> list[ownerships.Ownership]:
    """Of a device whose history nobody else changes until this visit ends. Raises `store.errors.NotFound`."""
    device_id = devices.get(visit.conn, device).device_id
    ownerships.take_turns(visit.conn, device_id)
    return ownerships.history(visit.conn, device_id)


def _beginning(request: Request, visit: Visit, day: str, zone: str) -> datetime | None:
    """Of a day as people write it, in `zone`; None for none. Raises `BadInput`."""
    if not day.strip():
        return None
    first = day_of(day.strip(), reader_of(request, visit.principal).calendar)
    if first.year not in YEARS:  # it may be a day of the other calendar
        raise BadInput("that day lies beyond the years we know")
    return datetime.combine(first, time(), ZoneInfo(zone)).astimezone(UTC)


def _mark(kept: list[Ownership]) -> str:
    return mark([(one.customer, one.since, one.until) for one in kept])


def _shown(
    request: Request,
    visit: Visit,
    device: str,
    *,
    customer: str = "",
    day: str = "",
    wrong: dict[str, str] | None = None,
    trouble: str = "",
    done: str = "",
    status: int = 200,
) -> HTMLResponse:
    kept, now = registry.owners(visit, device).items, datetime.now(UTC)
    held = next((one for one in kept if one.until is None or one.until > now), None)
    return page(
        request,
        visit,
        "customers/owners.html",
        status=status,
        zone=kept[-1].zone if kept else "UTC",
        device=device,
        kept=kept,
        held=held,
        was=_mark(kept),
        customer=customer,
        day=day,
        wrong=wrong or {},
        trouble=trouble,
        done=done,
        now=now,
    )
