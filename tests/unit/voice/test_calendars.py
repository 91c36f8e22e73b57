from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.calendars import (
    MAX_PERIODS,
    Calendar,
    Per,
    first_day,
    label,
    next_first,
    periods,
    start_of_day,
    zone_named,
)
from voice.errors import BadWindow, TooManyPeriods, UnknownZone

TEHRAN = ZoneInfo("Asia/Tehran")
BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")
HOUR = timedelta(hours=1)


def _hours(day: date, zone: ZoneInfo) -> float:
    return (start_of_day(day + timedelta(days=1), zone) - start_of_day(day, zone)) / HOUR


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        (TEHRAN, date(2022, 3, 21), 24),
        (TEHRAN, date(2022, 3, 22), 23),
        (TEHRAN, date(2022, 9, 21), 25),
        (TEHRAN, date(2022, 9, 22), 24),
        (BERLIN, date(2026, 3, 29), 23),
        (BERLIN, date(2026, 10, 25), 25),
        (BERLIN, date(2026, 7, 1), 24),
        (NEW_YORK, date(2026, 3, 8), 23),
        (NEW_YORK, date(2026, 11, 1), 25),
        (ZoneInfo("America/Havana"), date(2026, 3, 8), 23),
        (ZoneInfo("America/Havana"), date(2026, 11, 1), 25),
        (ZoneInfo("Australia/Lord_Howe"), date(2026, 4, 5), 24.5),
        (ZoneInfo("Pacific/Apia"), date(2011, 12, 30), 0),
    ],
)
def test_days_last_as_long_as_their_clocks_say(zone: ZoneInfo, day: date, hours: float) -> None:
    assert _hours(day, zone) == hours


def test_every_day_of_tehran_2026_has_24_hours() -> None:
    assert {_hours(date(2026, 1, 1) + timedelta(days=n), TEHRAN) for n in range(365)} == {24}


def test_a_day_whose_midnight_is_skipped_begins_at_one() -> None:
    start = start_of_day(date(2022, 3, 22), TEHRAN)
    assert start == datetime(2022, 3, 21, 20, 30, tzinfo=UTC)
    assert start.astimezone(TEHRAN).hour == 1
    assert (start - timedelta(microseconds=1)).astimezone(TEHRAN).date() == date(2022, 3, 21)


def test_a_day_whose_gap_begins_before_midnight_begins_at_its_first_instant() -> None:
    # Toronto, 1919-03-30 23:30 -> 1919-03-31 00:30.
    zone = ZoneInfo("America/Toronto")
    start = start_of_day(date(1919, 3, 31), zone)
    assert start.astimezone(zone).strftime("%H:%M") == "00:30"


def test_a_day_whose_midnight_comes_twice_begins_with_the_first() -> None:
    # Havana, 2026-11-01 01:00 -> 00:00.
    zone = ZoneInfo("America/Havana")
    assert start_of_day(date(2026, 11, 1), zone) == datetime(2026, 11, 1, 4, tzinfo=UTC)


# Published by the Calendar Center of the Institute of Geophysics, University of Tehran; the gap of
# five years is between 1403 and 1408.
LEAP = {1370, 1375, 1379, 1383, 1387, 1391, 1395, 1399, 1403, 1408, 1412, 1416, 1420}


@pytest.mark.parametrize("year", range(1370, 1421))
def test_persian_years_are_as_long_as_published(year: int) -> None:
    first = first_day(date(year + 621, 6, 1), "year", "persian")
    assert label(first, "year", "persian") == str(year)
    days = (next_first(first, "year", "persian") - first).days
    assert days == (366 if year in LEAP else 365)


@pytest.mark.parametrize(
    ("nowruz", "year"),
    [
        (date(2020, 3, 20), 1399),
        (date(2021, 3, 21), 1400),
        (date(2024, 3, 20), 1403),
        (date(2025, 3, 21), 1404),
        (date(2026, 3, 21), 1405),
        (date(2029, 3, 20), 1408),
        (date(2030, 3, 21), 1409),
    ],
)
def test_nowruz(nowruz: date, year: int) -> None:
    assert label(nowruz, "day", "persian") == f"{year}-01-01"
    assert first_day(nowruz - timedelta(days=1), "year", "persian") < nowruz
    assert first_day(nowruz, "year", "persian") == nowruz


def test_persian_months_of_1405() -> None:
    start, end = start_of_day(date(2026, 3, 21), TEHRAN), start_of_day(date(2027, 3, 21), TEHRAN)
    found = periods(start, end, "month", TEHRAN, "persian")
    assert [p.label for p in found] == [f"1405-{n:02d}" for n in range(1, 13)]
    assert [(p.until - p.since).days for p in found] == [31] * 6 + [30] * 5 + [29]
    assert all(p.full for p in found)


def test_weeks_begin_where_the_customer_says() -> None:
    start, end = datetime(2026, 3, 20, tzinfo=UTC), datetime(2026, 4, 6, tzinfo=UTC)
    saturday = periods(start, end, "week", TEHRAN, "persian", week_start=6)
    assert [p.label for p in saturday] == ["1404-12-23", "1405-01-01", "1405-01-08", "1405-01-15"]
    assert [p.full for p in saturday] == [False, True, True, False]
    monday = periods(start, end, "week", BERLIN)
    assert [p.label for p in monday] == ["2026-03-16", "2026-03-23", "2026-03-30", "2026-04-06"]
    assert (monday[1].until - monday[1].since) == timedelta(hours=167)


def test_months_and_years_of_the_gregorian_calendar() -> None:
    start, end = start_of_day(date(2025, 12, 31), BERLIN), start_of_day(date(2026, 3, 1), BERLIN)
    months = periods(start, end, "month", BERLIN)
    assert [(p.label, p.full) for p in months] == [
        ("2025-12", False),
        ("2026-01", True),
        ("2026-02", True),
    ]
    assert [p.label for p in periods(start, end, "year", BERLIN)] == ["2025", "2026"]


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (datetime(2026, 1, 2, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)),
        (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)),
        (datetime(2026, 1, 1), datetime(2026, 1, 2)),  # noqa: DTZ001 - naive on purpose
        (datetime(1969, 1, 1, tzinfo=UTC), datetime(1970, 1, 1, tzinfo=UTC)),
        (datetime(2026, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)),
    ],
)
def test_windows_without_time_are_refused(start: datetime, end: datetime) -> None:
    with pytest.raises(BadWindow):
        periods(start, end, "day", BERLIN)


def test_too_many_periods_are_refused() -> None:
    start = datetime(2020, 1, 1, tzinfo=UTC)
    utc = ZoneInfo("UTC")
    assert len(periods(start, start + timedelta(days=MAX_PERIODS), "day", utc)) == MAX_PERIODS
    with pytest.raises(TooManyPeriods):
        periods(start, start + timedelta(days=MAX_PERIODS, seconds=1), "day", utc)


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "../etc/passwd", "Europe", "a\0b"])
def test_unknown_zones_are_refused(name: str) -> None:
    with pytest.raises(UnknownZone):
        zone_named(name)


ZONES = st.sampled_from(
    ["Asia/Tehran", "Europe/Berlin", "America/New_York", "America/Havana", "Asia/Kathmandu", "UTC",
     "Australia/Lord_Howe", "Pacific/Apia", "America/St_Johns", "Asia/Beirut", "America/Asuncion"]
).map(ZoneInfo)  # fmt: skip
INSTANTS = st.datetimes(
    min_value=datetime(1971, 1, 1),  # noqa: DTZ001 - hypothesis wants naive bounds
    max_value=datetime(2100, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
PERS: st.SearchStrategy[Per] = st.sampled_from(["day", "week", "month", "year"])
CALENDARS: st.SearchStrategy[Calendar] = st.sampled_from(["gregorian", "persian"])


@given(
    INSTANTS, st.timedeltas(timedelta(microseconds=1), timedelta(days=800)), PERS, ZONES, CALENDARS,
    st.integers(1, 7),
)  # fmt: skip
def test_periods_are_exactly_the_window(
    start: datetime, length: timedelta, per: Per, zone: ZoneInfo, calendar: Calendar, first: int
) -> None:
    end = start + length
    found = periods(start, end, per, zone, calendar, first)
    assert (found[0].since, found[-1].until) == (start, end)
    assert all(a.until == b.since for a, b in pairwise(found))
    assert all(p.since < p.until for p in found)
    assert len({p.label for p in found}) == len(found)
    assert all(p.full for p in found[1:-1])


@given(INSTANTS, ZONES)
def test_a_day_begins_with_its_first_instant(instant: datetime, zone: ZoneInfo) -> None:
    day = instant.astimezone(zone).date()
    start = start_of_day(day, zone)
    assert start <= instant
    assert start.astimezone(zone).date() == day
    assert (start - timedelta(microseconds=1)).astimezone(zone).date() < day
