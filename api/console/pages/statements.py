"""Writing down what a customer says: claims and verdicts are shown as one types, and kept when it is saved."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo

import orjson
from fastapi import Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import ValidationError

from api.auditing import Visit, Visiting
from api.console import editing, paths, saying
from api.console.catalogues import N_
from api.console.language import reader_of
from api.console.pages.device_range import BadPeriod, day_of
from api.console.rendering import is_fragment, page
from api.console.routing import pages
from api.customers.cared import cared_for
from api.errors import Absent
from api.idempotent import Once
from api.parameters import ID
from api.reach import Reach
from api.sessions.forms import Form, Sent
from api.statements import endpoints as statements
from api.statements.endpoints import admitted
from api.statements.schemas import NewStatement, Preview
from store import cases, customers, ownerships
from store.customers import Customer
from store.errors import Conflict, InvalidValue, NotFound
from store.ownerships import Ownership

router = pages()

MISTAKES: Final[Mapping[str, str]] = {
    "text": N_("Write what they said, in at most 8,000 characters."),
    "channel": N_("Choose one of these."),
    "lang": N_("Choose one of these."),
    "device": N_("This device never was theirs."),
    "case": N_("That case is about another device, or about none. Choose another one."),
    "said_on": N_("Write a day as year-month-day, such as 2026-11-22 or 1405-09-01, not in the future."),
    "said_time": N_("Write a time as hour:minute, such as 14:05, not in the future."),
}
_DIGITS = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "01234567890123456789")
_FIELDS: Final = ("customer", "device", "case", "channel", "text", "lang", "said_on", "said_time")
NEW_CASE: Final = "new"
"""In place of a case's number: one of its own."""


@dataclass(frozen=True, slots=True)
class Who:
    """Whose words are written down, and what they may be about."""

    reach: Reach
    customer: Customer
    units: list[Ownership]
    """Each unit once: as they own it, or did."""
    open_cases: list[cases.Case]

    @property
    def withheld(self) -> bool:
        """Whether there are words of theirs that the writer may not read again."""
        return any(not self.reach.reads(self.customer.customer_id, unit.product) for unit in self.units)


@router.get("/statements/new")
def blank(
    request: Request,
    visit: Visiting,
    customer: Annotated[str, Query(pattern=rf"^$|{ID}")] = "",
    device: Annotated[str, Query(pattern=rf"^$|{ID}")] = "",
    case: Annotated[str, Query(pattern=rf"^([1-9]\d{{0,17}}|{NEW_CASE})?$")] = "",
) -> HTMLResponse:
    """The form, of a customer, and of a device or case if they are known; else the choice of a customer."""
    if not customer:
        visit.concerns("*")
        return _choose(request, visit)
    who = _who(visit, customer)
    held = [unit.device for unit in who.units if unit.until is None]
    # A case says what it is about; else the one unit they have is the likeliest.
    told = device or (held[0] if len(held) == 1 and not case.isdecimal() else "")
    channel = "phone"
    return _form(request, visit, who, {"customer": customer, "device": told, "case": case, "channel": channel})


@router.post("/statements/preview")
def preview(request: Request, visit: Visiting, sent: Sent) -> HTMLResponse:
    """What it would come to: to htmx that alone, else the form with it below."""
    who = _who(visit, sent.get("customer", ""))
    body, wrong = _body(request, visit, who, sent)
    found = None
    if body is not None and not wrong:
        try:
            with editing.attempt(visit):
                found = statements.preview(visit, body)
        except (Conflict, NotFound, InvalidValue) as error:
            wrong = _refused(error)
    # While somebody types, what is not there yet is no mistake.
    status = 422 if wrong and not is_fragment(request) else 200
    return _form(request, visit, who, sent, found=found, wrong=wrong, status=status)


@router.post("/statements")
def take(request: Request, visit: Visiting, sent: Sent) -> Response:
    """Keep it, then go to its page; to its case, if its words are for others."""
    who = _who(visit, sent.get("customer", ""))
    body, wrong = _body(request, visit, who, sent)
    if body is not None and not wrong:
        try:
            with editing.attempt(visit):
                answer = statements.take(visit, Once(request, visit, None), body)
        except (Conflict, NotFound, InvalidValue) as error:
            wrong = _refused(error)
        else:
            kept = orjson.loads(bytes(answer.body))
            if kept["withheld"]:
                return RedirectResponse(paths.url("/cases/{case}", {"done": "said"}, case=kept["case"]), 303)
            path = paths.url("/statements/{statement}", {"done": "said"}, statement=kept["statement"])
            return RedirectResponse(path, 303)
    visit.notes(kept=False)
    return _form(request, visit, who, sent, wrong=wrong, status=422)


def _who(visit: Visit, name: str) -> Who:
    """Raises `NotFound`, `Absent`."""
    if not customers.ID_FORM.fullmatch(name):
        raise Absent("there is no such customer")
    reach = admitted(visit, name)
    found = customers.get(visit.conn, name)
    newest = {span.device: span for span in ownerships.of_customer(visit.conn, found.customer_id)}
    units = sorted(newest.values(), key=lambda span: (span.until is not None, span.device))
    there = cases.listing(visit.conn, states=["open", "waiting", "reopened"], customer=name, limit=20)
    return Who(reach, found, units, there)


def _refused(error: Exception) -> dict[str, str]:
    """At which field a refusal is said; the device was chosen from theirs, so what is left are times and cases."""
    said = str(error)
    field = next((field for field in ("said_at", "device", "case", "text") if said.startswith(field)), "case")
    return {"said_on" if field == "said_at" else field: MISTAKES["said_on" if field == "said_at" else field]}


def _body(request: Request, visit: Visit, who: Who, sent: Form) -> tuple[NewStatement | None, dict[str, str]]:
    """The statement that the form is, or what is wrong with it by field."""
    wrong: dict[str, str] = {}
    calendar = reader_of(request, visit.principal).calendar
    said_at = _moment(sent, who.customer.zone, calendar, wrong)
    if sent.get("device", "") and sent["device"] not in {unit.device for unit in who.units}:
        wrong["device"] = MISTAKES["device"]
    case = sent.get("case", "")
    once = editing.once(sent)
    given: dict[str, Any] = {
        "customer": who.customer.customer,
        "device": sent.get("device", "") or None,
        "case": int(case) if case.isdecimal() else None,
        "split": case == NEW_CASE,
        "channel": sent.get("channel", ""),
        "text": sent.get("text", ""),
        "said_at": said_at,
        "lang": sent.get("lang", "") or None,
        "ref": f"console:{once}:{editing.mark(*(sent.get(key) for key in _FIELDS))}" if once else None,
    }
    try:
        return NewStatement.model_validate(given), wrong
    except ValidationError as error:
        fields = dict.fromkeys(str(one["loc"][0]) for one in error.errors())
        return None, wrong | {field: MISTAKES[field] for field in fields if field in MISTAKES}


def _moment(sent: Form, zone: str, calendar: str, wrong: dict[str, str]) -> datetime:
    """When it was said, where they live; now, unless told otherwise."""
    now = datetime.now(UTC)
    place = ZoneInfo(zone)
    on, at = sent.get("said_on", "").strip(), sent.get("said_time", "").strip().translate(_DIGITS)
    if not on and not at:
        return now
    try:
        day = day_of(on, calendar) if on else now.astimezone(place).date()
    except BadPeriod:
        wrong["said_on"] = MISTAKES["said_on"]
        return now
    try:
        clock = time.fromisoformat(at.zfill(5)) if at else time(12)
    except ValueError:
        wrong["said_time"] = MISTAKES["said_time"]
        return now
    if not at and day == now.astimezone(place).date():
        return now
    try:
        moment = datetime.combine(day, clock.replace(tzinfo=None), place).astimezone(UTC)
    except OverflowError:
        wrong["said_on"] = MISTAKES["said_on"]
        return now
    if moment > now + timedelta(minutes=1):
        wrong["said_on" if day > now.astimezone(place).date() else "said_time"] = MISTAKES[
            "said_on" if day > now.astimezone(place).date() else "said_time"
        ]
    return min(moment, now)


def _choose(request: Request, visit: Visit) -> HTMLResponse:
    cared = [] if visit.principal.roles.isdisjoint({"clinician", "carer"}) else cared_for(visit).items
    return page(request, visit, "statements/choose.html", cared=cared)


def _form(
    request: Request,
    visit: Visit,
    who: Who,
    sent: Form,
    *,
    found: Preview | None = None,
    wrong: Mapping[str, str] | None = None,
    status: int = 200,
) -> HTMLResponse:
    text = sent.get("text", "")
    claims = [_Numbered(n, claim.span) for n, claim in enumerate(found.claims)] if found else []
    return page(
        request,
        visit,
        "statements/new.html",
        fragment="reading",
        status=status,
        zone=who.customer.zone,
        who=who,
        may_name=who.reach.named(who.customer.customer_id),
        sent={"once": secrets.token_urlsafe(16)} | dict(sent),
        text=text,
        found=found,
        pieces=saying.marked(text, claims) if claims else [],
        wrong=wrong or {},
        labels={key: product.label for key, product in visit.catalog.items()},
        words=saying,
    )


@dataclass(frozen=True, slots=True)
class _Numbered:
    n: int
    span: tuple[int, int]
