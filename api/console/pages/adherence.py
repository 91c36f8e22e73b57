"""What was taken of what was prescribed: a calendar, the figures with their definitions, and the regimen to change."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from persiantools.jdatetime import JalaliDate
from pydantic import ValidationError

from api.adherence import endpoints, schemas
from api.auditing import Visit, Visiting
from api.console import editing, paths
from api.console.catalogues import N_
from api.console.language import reader_of
from api.console.pages.device_range import BadPeriod, Range, chosen, day_of, days_of, presets
from api.console.rendering import page
from api.console.routing import pages
from api.devices import records
from api.errors import BadInput
from api.parameters import DeviceId
from api.sessions.forms import Form, Sent
from store.regimens import Dose, Regimen
from voice.adherence.revising import changed, paused
from voice.calendars import start_of_day, zone_named

router = pages()

QUARTER: Final = timedelta(days=91)
_DIGITS: Final = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "01234567890123456789")
_DOSE: Final = re.compile(r"(\d{1,2}):(\d{2})(?:\s*[x×*]\s*(\d{1,2}))?")
_SATURDAY, _MONDAY = 6, 1

STATES: Final = {
    "taken": N_("all taken"),
    "late": N_("all taken, not all in time"),
    "partly": N_("some taken"),
    "missed": N_("none taken"),
    "extra": N_("more than prescribed taken"),
    "unknown": N_("not known: not all of the day was heard"),
    "paused": N_("paused"),
    "off": N_("nothing due"),
}
WEEKDAYS: Final = (
    N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday"), N_("Friday"), N_("Saturday"), N_("Sunday"),
)  # fmt: skip
BAD_DOSES: Final = N_("Write the times of a day like 08:00, 20:00 x2: at eight one, at eight in the evening two.")
BAD_DAYS: Final = N_("Write a whole number of days, 1 to 366.")
BAD_END: Final = N_("The pause must end after it begins.")


class Cell(NamedTuple):
    """One day of the calendar."""

    day: date
    number: int
    """Of the month, in the reader's calendar."""
    month: bool
    """It is the first of a month, or the first shown."""
    state: str
    found: schemas.Day | None


def weeks(found: schemas.Adherence, calendar: str, zone: str) -> list[list[Cell | None]]:
    """The days of the period by week, which begins as the reader's does; None: outside of the period."""
    place = zone_named(zone)
    first, last = found.from_.astimezone(place).date(), (found.to - timedelta(seconds=1)).astimezone(place).date()
    by_day = {one.day: one for one in found.days}
    begin = _SATURDAY if calendar == "persian" else _MONDAY
    day = first - timedelta(days=(first.isoweekday() - begin) % 7)
    told: list[list[Cell | None]] = []
    while day <= last:
        told.append([_cell(day + timedelta(days=n), first, last, by_day, found, calendar, place) for n in range(7)])
        day += timedelta(days=7)
    return told


def _cell(
    day: date, first: date, last: date, by_day: Mapping[date, schemas.Day], found: schemas.Adherence, calendar: str,
    place: object,
) -> Cell | None:  # fmt: skip
    if not first <= day <= last:
        return None
    one = by_day.get(day)
    if one is not None:
        state = "late" if one.state == "taken" and not one.timely else str(one.state)
    else:
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=place)  # type: ignore[arg-type]
        resting = any(v.paused and v.from_ <= noon and (v.to is None or noon < v.to) for v in found.regimen)
        state = "paused" if resting else "off"
    number = int(JalaliDate(day).day) if calendar == "persian" else day.day  # type: ignore[no-untyped-call]
    return Cell(day, number, number == 1 or day == first, state, one)


@router.get("/devices/{device}/adherence")
def adherence(request: Request, visit: Visiting, device: DeviceId, asked: Range) -> Response:
    """What was taken of what was prescribed, for the care team of whose doses they are."""
    return _shown(request, visit, device, asked)


def _shown(
    request: Request,
    visit: Visit,
    device: str,
    asked: Range,
    *,
    sent: Mapping[str, str] | None = None,
    wrong: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    found = records.detail(visit, device)
    zone = found.owner.zone if found.owner else "UTC"
    reader = reader_of(request, visit.principal)
    period = chosen(request, asked, QUARTER, zone, reader.calendar)
    if isinstance(period, RedirectResponse):
        return period
    told = endpoints.adherence(visit, device, period.within)
    order = [(n - 1) % 7 for n in range(_SATURDAY, _SATURDAY + 7)] if reader.calendar == "persian" else range(7)
    return page(
        request,
        visit,
        "adherence/calendar.html",
        status=status if status != 200 else period.status,
        zone=zone,
        device=found,
        product=visit.catalog[found.product],
        within=period.within,
        asked=period.asked,
        wrong=period.wrong,
        presets=presets(period.asked, period.within),
        days=days_of(period.within, zone, reader.calendar),
        told=told,
        weeks=weeks(told, reader.calendar, told.zone),
        columns=[WEEKDAYS[n] for n in order],
        weekdays=WEEKDAYS,
        states=STATES,
        prescribed=endpoints.regimen(visit, device).items,
        use_is_open=True,
        said_is_open=True,
        sent=sent or {},
        refused=wrong or {},
    )


@router.post("/devices/{device}/regimen")
def prescribe(request: Request, visit: Visiting, device: DeviceId, sent: Sent, asked: Range) -> Response:
    """Prescribe from a day on, or pause: all else stays as it is."""
    seen = endpoints.dispenser(visit, device)
    zone = seen.owner.zone if seen.owner else "UTC"
    calendar = reader_of(request, visit.principal).calendar
    held = [version.regimen for version in endpoints.prescription(visit, seen).items]
    wrong: dict[str, str] = {}
    since = _midnight(sent, "since", zone, calendar, wrong)
    if sent.get("what") == "pause":
        until = _midnight(sent, "until", zone, calendar, wrong) if sent.get("until", "").strip() else None
        if since and until and until <= since:
            wrong["until"] = BAD_END
        versions = paused(held, since, until, sent.get("reason", "").strip() or None) if since and not wrong else []
    else:
        new = _version(sent, since, zone, wrong)
        versions = changed(held, new) if new is not None and not wrong else []
    if not wrong:
        try:
            with editing.attempt(visit):
                endpoints.prescribe(visit, device, schemas.RegimenWanted(items=[schemas.wanted(v) for v in versions]))
        except (BadInput, ValidationError) as error:
            wrong["since"] = str(error) if isinstance(error, BadInput) else BAD_DOSES
        else:
            return RedirectResponse(paths.url("/devices/{device}/adherence", device=device) + "#regimen", 303)
    return _shown(request, visit, device, asked, sent=sent, wrong=wrong, status=422)


def _midnight(sent: Form, name: str, zone: str, calendar: str, wrong: dict[str, str]) -> datetime | None:
    try:
        return start_of_day(day_of(sent.get(name, "").strip(), calendar), zone_named(zone))
    except BadPeriod as error:
        wrong[name] = error.words
        return None


def _version(sent: Form, since: datetime | None, zone: str, wrong: dict[str, str]) -> Regimen | None:
    doses = doses_of(sent.get("doses", ""))
    if doses is None:
        wrong["doses"] = BAD_DOSES
    every = sent.get("every_days", "1").translate(_DIGITS).strip() or "1"
    if not every.isdecimal() or not 1 <= int(every) <= 366:
        wrong["every_days"] = BAD_DAYS
    if wrong or since is None or doses is None:
        return None
    fixed = sent.get("zone_rule") == "fixed"
    days = tuple(n for n in range(1, 8) if sent.get(f"weekday{n}"))
    return Regimen(
        since, None, doses, "fixed" if fixed else "local", zone if fixed else None, int(every),
        days if 0 < len(days) < 7 else None, sent.get("reason", "").strip() or None,
    )  # fmt: skip


def doses_of(text: str) -> tuple[Dose, ...] | None:
    """`08:00, 20:00 x2` as doses, in either kind of digits; None: it is not written so."""
    told: dict[str, Dose] = {}
    for part in re.split(r"[,،;\n]+", text.translate(_DIGITS)):
        if not part.strip():
            continue
        found = _DOSE.fullmatch(part.strip())
        if found is None or int(found[1]) > 23 or int(found[2]) > 59 or int(found[3] or 1) < 1:
            return None
        clock = datetime(2000, 1, 1, int(found[1]), int(found[2])).time()  # noqa: DTZ001 - a time of the clock
        if str(clock) in told:
            return None
        told[str(clock)] = Dose(clock, int(found[3] or 1))
    return tuple(told[clock] for clock in sorted(told)) or None
