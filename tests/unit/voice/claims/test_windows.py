"""Windows: what "last month" was when it was said, in the customer's zone and calendar."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

import catalog
from voice.claims import extract
from voice.claims.windows import resolve
from voice.errors import UnknownZone

WEDNESDAY = datetime(2026, 3, 18, 9, 30, tzinfo=UTC)
PRODUCTS = catalog.load()


@pytest.mark.parametrize(
    ("moment", "zone", "calendar", "since", "until"),
    [
        (("day", 0), "UTC", "gregorian", "2026-03-18T00:00", "2026-03-18T09:30"),
        (("day", 1), "UTC", "gregorian", "2026-03-17T00:00", "2026-03-18T00:00"),
        (("day", 1), "Asia/Tehran", "gregorian", "2026-03-16T20:30", "2026-03-17T20:30"),
        (("week", 1), "UTC", "gregorian", "2026-03-09T00:00", "2026-03-16T00:00"),
        (("week", 0), "UTC", "gregorian", "2026-03-16T00:00", "2026-03-18T09:30"),
        (("month", 1), "UTC", "gregorian", "2026-02-01T00:00", "2026-03-01T00:00"),
        (("month", 1), "UTC", "persian", "2026-01-21T00:00", "2026-02-20T00:00"),
        (("year", 1), "UTC", "gregorian", "2025-01-01T00:00", "2026-01-01T00:00"),
        (("rolling", 10), "UTC", "gregorian", "2026-03-08T09:30", "2026-03-18T09:30"),
        (("weekday", 2), "UTC", "gregorian", "2026-03-17T00:00", "2026-03-18T00:00"),
        (("weekday", 3), "UTC", "gregorian", "2026-03-11T00:00", "2026-03-12T00:00"),
    ],
)
def test_a_moment_resolved(moment: tuple[str, float], zone: str, calendar: str, since: str, until: str) -> None:
    window = resolve(moment, WEDNESDAY, zone, "persian" if calendar == "persian" else "gregorian")
    assert window is not None
    assert (f"{window.since:%Y-%m-%dT%H:%M}", f"{window.until:%Y-%m-%dT%H:%M}") == (since, until)


def test_a_habit_has_no_window_and_a_count_in_one_has() -> None:
    vacuum = PRODUCTS["robot_vacuum"]
    (habit,) = extract("I run it twice a week.", vacuum, "en", WEDNESDAY)
    assert habit.window is None
    (counted,) = extract("I ran it twice last week.", vacuum, "en", WEDNESDAY)
    assert counted.window is not None
    assert counted.window.as_json() == {"from": "2026-03-09T00:00:00+00:00", "to": "2026-03-16T00:00:00+00:00"}
    (unplaced,) = extract("I ran it twice last week.", vacuum, "en")
    assert unplaced.window is None


def test_a_weekday_needs_the_moment_of_speaking() -> None:
    vacuum = PRODUCTS["robot_vacuum"]
    (claim,) = extract("I haven't used it since Sunday.", vacuum, "en", WEDNESDAY)
    assert (claim.topic, claim.low) == ("last_used", 3)
    assert extract("I haven't used it since Sunday.", vacuum, "en") == []


@pytest.mark.parametrize(
    ("text", "topic", "low", "high"),
    [
        ("It has been stuck since Tuesday.", "fault_since", 1, 1),
        ("It has been broken since March.", "fault_since", 0, 17),
        ("It has been broken since February.", "fault_since", 18, 45),
        ("It's been broken since 12 March.", "fault_since", 6, 6),
        ("It's been dead since the 3rd of March", "fault_since", 15, 15),
        ("I haven't used it since Christmas, no, since December 30th.", "last_used", 78, 78),
        ("I haven't used it since late November", "last_used", 108, 137),
        ("It has been broken since 31 February.", "fault_since", 18, 18),
    ],
)
def test_a_month_or_a_date_needs_it_too(text: str, topic: str, low: float, high: float) -> None:
    vacuum = PRODUCTS["robot_vacuum"]
    (claim,) = extract(text, vacuum, "en", WEDNESDAY)
    assert (claim.topic, claim.low, claim.high, claim.unit) == (topic, low, high, "day")
    assert extract(text, vacuum, "en") == []


def test_a_count_in_a_named_month() -> None:
    (claim,) = extract("It got stuck five times in February.", PRODUCTS["robot_vacuum"], "en", WEDNESDAY)
    assert (claim.topic, claim.low, claim.per) == ("fault_frequency", 5, "month")
    assert claim.window is not None
    assert claim.window.as_json() == {"from": "2026-02-01T00:00:00+00:00", "to": "2026-03-01T00:00:00+00:00"}


def test_a_zone_that_is_none() -> None:
    with pytest.raises(UnknownZone):
        extract("I ran it twice last week.", PRODUCTS["robot_vacuum"], "en", WEDNESDAY, "Mars/Olympus")
