"""Words -> windows: what "last month" was when it was said, in the customer's zone and calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from voice.calendars import Calendar, Per, first_day, next_first, start_of_day, zone_named
from voice.claims.bounds import Interval, exactly
from voice.claims.model import Window

MONDAY = 1
WEEK = 7
NAMED = frozenset({"named_month", "named_date"})
"""Moments with a name in the calendar: ("named_month", 3) is March, ("named_date", 312) the 12th of March."""
A_MONTH = 100
"""What a month counts in the number of a date."""


def resolve(
    moment: tuple[str, float], said_at: datetime, zone: str, calendar: Calendar, week_start: int = MONDAY
) -> Window | None:
    """The window a moment names, never reaching past the moment of speaking.

    "last month": the calendar period before; "this week": from its start until now; "in the last 10
    days": rolling back from now. Raises `UnknownZone`.
    """
    name, count = moment
    place = zone_named(zone)
    now = said_at.astimezone(UTC)
    today = said_at.astimezone(place).date()
    if name == "rolling":
        return Window(now - timedelta(days=count), now)
    if name in NAMED:
        since, until = _named(name, int(count), today)
        return _bounded(start_of_day(since, place), start_of_day(until + timedelta(days=1), place), now)
    if name == "weekday":
        day = _latest(today, int(count))
        return _bounded(start_of_day(day, place), start_of_day(day + timedelta(days=1), place), now)
    if name not in ("day", "week", "month", "year"):
        return None
    per: Per = name  # type: ignore[assignment]
    first = first_day(today, per, calendar, week_start)
    for _ in range(int(count)):
        first = first_day(first - timedelta(days=1), per, calendar, week_start)
    return _bounded(start_of_day(first, place), start_of_day(next_first(first, per, calendar), place), now)


def days_since(moment: tuple[str, float], said_at: datetime | None, zone: str) -> Interval | None:
    """Whole days from a moment until it is spoken of, a range where it is no single day ("since March").

    None where the words alone do not tell.
    """
    name, count = moment
    lengths = {"day": 1.0, "week": 7.0, "month": 30.0, "year": 365.0}
    if name in lengths:
        return exactly(lengths[name] * count) if name == "day" or count > 0 else None
    if name == "rolling":
        return exactly(count)
    if said_at is None:
        return None
    today = said_at.astimezone(zone_named(zone)).date()
    if name == "weekday":
        return exactly(float((today - _latest(today, int(count))).days))
    if name in NAMED:
        since, until = _named(name, int(count), today)
        return Interval(float(max((today - until).days, 0)), float((today - since).days))
    return None


def _named(name: str, count: int, today: date) -> tuple[date, date]:
    """First and last day of the latest such month or date that has begun."""
    month, day = (count, 1) if name == "named_month" else divmod(count, A_MONTH)
    year = today.year if (month, day) <= (today.month, today.day) else today.year - 1
    first = date(year, month, 1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    if name == "named_date":
        exact = min(first + timedelta(days=day - 1), last)
        return exact, exact
    return first, last


def _latest(today: date, weekday: int) -> date:
    """The latest such day before today."""
    back = (today.isoweekday() - weekday) % WEEK or WEEK
    return today - timedelta(days=back)


def _bounded(since: datetime, until: datetime, now: datetime) -> Window:
    return Window(since.astimezone(UTC), min(until.astimezone(UTC), max(now, since.astimezone(UTC))))
