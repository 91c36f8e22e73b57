"""The period that a device's pages show: by `from` and `to` as in the API, or by days of the place it stands in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, NamedTuple
from zoneinfo import ZoneInfo

from fastapi import Depends, Query, Request
from fastapi.responses import RedirectResponse
from persiantools.jdatetime import JalaliDate

from api.console import paths
from api.console.catalogues import N_
from api.console.formats import Format
from api.errors import BadInput
from api.parameters import Instant, Period, Text

LONGEST = timedelta(days=1830)
PRESETS = (
    (timedelta(days=1), N_("24 hours")),
    (timedelta(days=7), N_("7 days")),
    (timedelta(days=30), N_("30 days")),
    (timedelta(days=365), N_("1 year")),
)
ALIKE = 0.02
"""A period that differs from a preset by less is that preset: the page was opened a while ago."""

FIRST_GREGORIAN = 1700
"""A year before it is meant in the Persian calendar, by a reader who uses that."""
_HOW = "a day is written year-month-day, as 2026-11-22 or 1405-09-01"
_DAY = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})")
_DIGITS = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "01234567890123456789")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address says of the period; nothing, mostly."""

    start: datetime | None
    end: datetime | None
    first: str
    last: str

    def within(self, default: timedelta) -> Period:
        """The period to show: up to now, and `default` long, unless asked otherwise. Raises `BadInput`."""
        end = self.end or datetime.now(UTC)
        return checked(self.start or end - default, end)

    def by_days(self, request: Request, zone: str, calendar: str) -> RedirectResponse | None:
        """To the same page, with the days that were asked for as `from` and `to`. Raises `BadInput`."""
        if not self.first and not self.last:
            return None
        within = period_of_days(self.first or self.last, self.last or self.first, zone, calendar)
        start, end = Format.machine(within.start), Format.machine(within.end)
        return RedirectResponse(paths.here(request, first=None, last=None, cursor=None, from_=start, to=end), 303)


def _asked(
    from_: Annotated[Instant | None, Query(alias="from")] = None,
    to: Annotated[Instant | None, Query()] = None,
    first: Annotated[Text, Query(max_length=20)] = "",
    last: Annotated[Text, Query(max_length=20)] = "",
) -> Asked:
    return Asked(from_, to, first.strip(), last.strip())


Range = Annotated[Asked, Depends(_asked)]


def checked(start: datetime, end: datetime) -> Period:
    """`[start, end)`. Raises `BadInput` where it cannot be."""
    if start >= end:
        raise BadInput("the period must end after it begins", kind="bad-period")
    if end - start > LONGEST:
        raise BadInput(f"the period is longer than {LONGEST.days} days; ask for less at once", kind="bad-period")
    return Period(start, end)


def day_of(text: str, calendar: str) -> date:
    """A day as people type it, year first, in either kind of digits. Raises `BadInput`."""
    found = _DAY.fullmatch(text.translate(_DIGITS))
    if found is None:
        raise BadInput(_HOW, kind="bad-period")
    year, month, day = map(int, found.groups())
    try:
        if calendar == "persian" and year < FIRST_GREGORIAN:
            gregorian: date = JalaliDate(year, month, day).to_gregorian()  # type: ignore[no-untyped-call]
            return gregorian
        return date(year, month, day)
    except ValueError as error:
        raise BadInput(_HOW, kind="bad-period") from error


def period_of_days(first: str, last: str, zone: str, calendar: str) -> Period:
    """From the beginning of day `first` to the end of day `last`, in `zone`. Raises `BadInput`."""
    place = ZoneInfo(zone)
    try:
        days = day_of(first, calendar), day_of(last, calendar) + timedelta(days=1)
        start, end = (datetime.combine(day, time(), place).astimezone(UTC) for day in days)
    except OverflowError as error:
        raise BadInput("that day lies beyond the calendar", kind="bad-period") from error
    return checked(start, end)


class Preset(NamedTuple):
    """A period up to now that is offered; its label is not yet translated."""

    label: str
    start: datetime
    current: bool


def presets(asked: Asked, within: Period) -> list[Preset]:
    """Those that are offered, each by where it begins."""
    now = datetime.now(UTC).replace(microsecond=0)
    length = within.end - within.start
    return [Preset(label, now - span, asked.end is None and abs(length / span - 1) < ALIKE) for span, label in PRESETS]


class Days(NamedTuple):
    """First and last day of a period, as fields show them."""

    first: str
    last: str
    type: str
    """Of the fields: browsers know the Gregorian calendar alone."""


def days_of(within: Period, zone: str, calendar: str) -> Days:
    """The days `within` touches in `zone`."""
    place = ZoneInfo(zone)
    last = within.end - timedelta(microseconds=1)
    days = [moment.astimezone(place).date() for moment in (within.start, last)]
    if calendar == "persian":
        first_text, last_text = (JalaliDate(day).isoformat() for day in days)  # type: ignore[no-untyped-call]
        return Days(first_text, last_text, "text")
    return Days(days[0].isoformat(), days[1].isoformat(), "date")
