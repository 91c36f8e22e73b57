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
from api.console.rendering import is_fragment
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
ORDER = N_("The period must end after it begins.")
TOO_LONG = N_("That is longer than five years. Ask for less at once.")
HOW = N_("Write a day as year-month-day, such as 2026-11-22 or 1405-09-01.")
NO_DAY = N_("One of these days does not exist in the calendar.")
BEYOND = N_("One of these days lies beyond the calendar.")
_DAY = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})")
_DIGITS = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "01234567890123456789")


class BadPeriod(BadInput):
    """A period that cannot be shown; `words` say why to people, not yet translated."""

    kind = "bad-period"

    def __init__(self, detail: str, words: str) -> None:
        super().__init__(detail)
        self.words = words


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address says of the period; nothing, mostly."""

    start: datetime | None
    end: datetime | None
    first: str
    last: str

    def within(self, default: timedelta) -> Period:
        """The period to show: up to now, and `default` long, unless asked otherwise. Raises `BadPeriod`."""
        end = self.end or datetime.now(UTC)
        return checked(self.start or end - default, end)

    def by_days(self, request: Request, zone: str, calendar: str) -> RedirectResponse | None:
        """To the same page, with the days that were asked for as `from` and `to`. Raises `BadPeriod`."""
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
UNASKED = Asked(None, None, "", "")


class Wrong(NamedTuple):
    """What a period was typed as, and why it cannot be; not yet translated."""

    words: str
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """The period a page shows. Where what was asked for cannot be, it is the usual one, and `wrong` says why."""

    within: Period
    asked: Asked
    wrong: Wrong | None = None

    @property
    def status(self) -> int:
        """Of the page."""
        return 422 if self.wrong else 200


def chosen(request: Request, asked: Asked, default: timedelta, zone: str, calendar: str) -> Chosen | RedirectResponse:
    """The period for a page, or where to go for it. A part of a page has no form to say it in: raises `BadPeriod`."""
    try:
        return asked.by_days(request, zone, calendar) or Chosen(asked.within(default), asked)
    except BadPeriod as error:
        if is_fragment(request):
            raise
        return Chosen(UNASKED.within(default), UNASKED, Wrong(error.words, asked.first, asked.last))


def checked(start: datetime, end: datetime) -> Period:
    """`[start, end)`. Raises `BadPeriod` where it cannot be."""
    if start >= end:
        raise BadPeriod("the period must end after it begins", ORDER)
    if end - start > LONGEST:
        raise BadPeriod(f"the period is longer than {LONGEST.days} days; ask for less at once", TOO_LONG)
    return Period(start, end)


def day_of(text: str, calendar: str) -> date:
    """A day as people type it, year first, in either kind of digits. Raises `BadPeriod`."""
    found = _DAY.fullmatch(text.translate(_DIGITS))
    if found is None:
        raise BadPeriod(_HOW, HOW)
    year, month, day = map(int, found.groups())
    try:
        if calendar == "persian" and year < FIRST_GREGORIAN:
            gregorian: date = JalaliDate(year, month, day).to_gregorian()  # type: ignore[no-untyped-call]
            return gregorian
        return date(year, month, day)
    except ValueError as error:
        raise BadPeriod(f"there is no day {year}-{month}-{day} in the calendar", NO_DAY) from error


def period_of_days(first: str, last: str, zone: str, calendar: str) -> Period:
    """From the beginning of day `first` to the end of day `last`, in `zone`. Raises `BadPeriod`."""
    place = ZoneInfo(zone)
    try:
        days = day_of(first, calendar), day_of(last, calendar) + timedelta(days=1)
        start, end = (datetime.combine(day, time(), place).astimezone(UTC) for day in days)
    except OverflowError as error:
        raise BadPeriod("that day lies beyond the calendar", BEYOND) from error
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
