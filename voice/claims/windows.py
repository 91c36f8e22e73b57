"""Words -> windows: what "last month" was when it was said, in the customer's zone and calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from voice.calendars import Calendar, Per, first_day, next_first, start_of_day, zone_named
from voice.claims.model import Window

MONDAY = 1
WEEK = 7


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


def days_since(moment: tuple[str, float], said_at: datetime | None, zone: str) -> float | None:
    """Whole days from a moment until it is spoken of; None where the words alone do not tell."""
    name, count = moment
    lengths = {"day": 1.0, "week": 7.0, "month": 30.0, "year": 365.0}
    if name in lengths:
        return lengths[name] * count if name == "day" or count > 0 else None
    if name == "rolling":
        return count
    if name == "weekday" and said_at is not None:
        today = said_at.astimezone(zone_named(zone)).date()
        return float((today - _latest(today, int(count))).days)
    return None


def _latest(today: date, weekday: int) -> date:
    """The latest such day before today."""
    back = (today.isoweekday() - weekday) % WEEK or WEEK
    return today - timedelta(days=back)


def _bounded(since: datetime, until: datetime, now: datetime) -> Window:
    return Window(since.astimezone(UTC), min(until.astimezone(UTC), max(now, since.astimezone(UTC))))
