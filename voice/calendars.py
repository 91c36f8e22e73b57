"""Days, weeks, months and years of a place and a calendar, as half-open instants in UTC. Pure.

A day begins at its first instant: usually 00:00, but 01:00 where summer time skips midnight
(Asia/Tehran, 2022-03-22), so days last 23, 24 or 25 hours and touch without gap or overlap. The
Persian calendar is persiantools' (checked against the official leap years in the tests).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from persiantools.jdatetime import JalaliDate

from voice.errors import BadWindow, TooManyPeriods, UnknownZone

Calendar = Literal["gregorian", "persian"]
Per = Literal["day", "week", "month", "year"]

MAX_PERIODS = 1_000
"""Periods in one answer: two and a half years of days."""
FIRST_YEAR, LAST_YEAR = 1970, 2199
"""The years windows may lie in: what devices say is never older, and IANA's rules end in 2037."""
MONDAY = 1

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """One day, week, month or year, or the part of it that lies in the window asked for."""

    since: datetime
    """First instant, UTC."""
    until: datetime
    """First instant after it, UTC."""
    label: str
    """In the calendar asked for: `1405-01-07` for a day or the week it begins, `1405-01`, `1405`."""
    full: bool
    """Whether it is the whole period, not a part cut off by the window."""


def zone_named(name: str) -> ZoneInfo:
    """The IANA time zone `name`. Raises `UnknownZone`."""
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, LookupError) as error:
        raise UnknownZone(f"{name!r} is not a time zone of the IANA database; write it like Europe/Berlin") from error


def start_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of `day` in `zone`, in UTC.

    Where a clock change skips midnight that is the change itself; where it repeats midnight, the
    first of the two. A day skipped altogether (Pacific/Apia, 2011-12-30) begins where the next does.
    """
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
    start = midnight.astimezone(UTC)
    if start.astimezone(zone).replace(tzinfo=None) == midnight.replace(tzinfo=None):
        return start
    # Midnight lies in a gap. PEP 495: fold=0 reads it with the offset before the change, which
    # gives an instant at or after the change; fold=1 with the one after it, an instant before it.
    before = midnight.replace(fold=1).astimezone(UTC)
    while start - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(start - before) // timedelta(seconds=2))
        if middle.astimezone(zone).date() < day:
            before = middle
        else:
            start = middle
    return start


def first_day(day: date, per: Per, calendar: Calendar, week_start: int = MONDAY) -> date:
    """The first day of the day, week, month or year that `day` lies in. `week_start`: ISO, 1 = Monday."""
    if per == "day":
        return day
    if per == "week":
        return day - timedelta(days=(day.isoweekday() - week_start) % 7)
    if calendar == "persian":
        year, month, _ = _persian(day)
        return _gregorian(year, month if per == "month" else 1)
    return day.replace(day=1) if per == "month" else day.replace(month=1, day=1)


def next_first(first: date, per: Per, calendar: Calendar) -> date:
    """The first day of the period after the one that begins on `first`."""
    if per == "day":
        return first + _DAY
    if per == "week":
        return first + 7 * _DAY
    if calendar == "persian":
        year, month, _ = _persian(first)
        return _gregorian(year, month + 1) if per == "month" and month < 12 else _gregorian(year + 1, 1)
    if per == "month" and first.month < 12:
        return first.replace(month=first.month + 1)
    return date(first.year + 1, 1, 1)


def periods(
    start: datetime,
    end: datetime,
    per: Per,
    zone: ZoneInfo,
    calendar: Calendar = "gregorian",
    week_start: int = MONDAY,
) -> list[Period]:
    """The periods of `[start, end)` in order: they touch, and together they are exactly the window.

    The first and the last may be parts (`full` is False). Raises `BadWindow` for a naive or empty
    window, `TooManyPeriods` for more than 1,000 periods.
    """
    check_window(start, end)
    found: list[Period] = []
    day = first_day(start.astimezone(zone).date(), per, calendar, week_start)
    since = start_of_day(day, zone)
    while since < end:
        following = next_first(day, per, calendar)
        until = start_of_day(following, zone)
        cut = max(since, start.astimezone(UTC)), min(until, end.astimezone(UTC))
        if cut[0] < cut[1]:
            if len(found) == MAX_PERIODS:
                raise TooManyPeriods(
                    f"the window holds more than {MAX_PERIODS:,} periods of a {per}; "
                    "ask for a shorter window or longer periods"
                )
            found.append(Period(*cut, label(day, per, calendar), cut == (since, until)))
        day, since = following, until
    return found


def label(first: date, per: Per, calendar: Calendar) -> str:
    """How the period that begins on `first` is called, in ASCII digits of its calendar."""
    year, month, day = _persian(first) if calendar == "persian" else (first.year, first.month, first.day)
    if per == "year":
        return f"{year:04d}"
    return f"{year:04d}-{month:02d}" if per == "month" else f"{year:04d}-{month:02d}-{day:02d}"


def _persian(day: date) -> tuple[int, int, int]:
    found = JalaliDate(day)  # type: ignore[no-untyped-call]
    return found.year, found.month, found.day


def _gregorian(year: int, month: int) -> date:
    first = JalaliDate(year, month, 1)  # type: ignore[no-untyped-call]
    return first.to_gregorian()


def check_window(start: datetime, end: datetime) -> None:
    """Raise `BadWindow` unless `[start, end)` holds time, in years we count in."""
    if start.tzinfo is None or end.tzinfo is None:
        raise BadWindow("the window lacks a UTC offset; write it like 2026-03-01T00:00:00+01:00")
    if start >= end:
        raise BadWindow(f"the window ends ({end.isoformat()}) before it begins ({start.isoformat()})")
    if start.astimezone(UTC).year < FIRST_YEAR or end.astimezone(UTC).year > LAST_YEAR:
        raise BadWindow(f"the window must lie in the years {FIRST_YEAR} to {LAST_YEAR}")
