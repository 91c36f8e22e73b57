from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest

import catalog
from store.database import Connection
from store.errors import NotFound
from tests.integration.store_reads.conftest import T0, Past, at
from voice.errors import BadWindow, NoSuchProduct
from voice.usage import usage_of_customer, usage_of_device

CATALOG = catalog.load()
DAY = 24 * 60
TEHRAN = ZoneInfo("Asia/Tehran")
LATER = datetime(2027, 1, 1, tzinfo=UTC)


def _clean(past: Past, device: int, minute: float, length: float = 30) -> None:
    past.event(device, minute, "clean_started")
    past.event(device, minute + length, "clean_finished", {"duration_min": length})


def test_days_are_those_of_the_place_and_the_owners_calendar(conn: Connection, past: Past) -> None:
    device, owner = past.device(), past.customer("c-1", "Europe/Berlin", "persian")
    past.owned(device, owner, "Asia/Tehran", at(-DAY * 10))
    past.heard(device, (-DAY, DAY * 3))
    # 20:29 and 20:30 UTC: the last minute of 1404, the first of 1405 in Tehran.
    _clean(past, device, 20 * 60 + 29)
    _clean(past, device, 20 * 60 + 30 + 45)
    start = datetime(2026, 3, 20, tzinfo=TEHRAN)
    end = datetime(2026, 3, 22, tzinfo=TEHRAN)
    found = usage_of_device(conn, CATALOG, "d-1", start, end, "day", now=LATER)
    [stretch] = found.stretches
    assert (stretch.customer, stretch.zone, stretch.calendar, stretch.week_start) == (
        "c-1", "Asia/Tehran", "persian", 6,
    )  # fmt: skip
    assert [(i.period.label, i.figures.uses, i.figures.minutes) for i in stretch.items] == [
        ("1404-12-29", 1, 30.0),
        ("1405-01-01", 1, 30.0),
    ]
    assert [i.figures.coverage for i in stretch.items] == [1.0, 1.0]


def test_days_sum_to_months_and_windows_add_up(conn: Connection, past: Past) -> None:
    device, owner = past.device(), past.customer("c-1", "Europe/Berlin")
    past.owned(device, owner, "Europe/Berlin", at(-DAY * 10))
    for n in range(40):
        _clean(past, device, n * 1_111 + 7, 20 + n)
        past.heard(device, (n * 1_111, n * 1_111 + 500))
    start, end = T0 - timedelta(days=5), T0 + timedelta(days=47)
    days = usage_of_device(conn, CATALOG, "d-1", start, end, "day", now=LATER)
    months = usage_of_device(conn, CATALOG, "d-1", start, end, "month", now=LATER)
    assert days.total == months.total
    assert (days.total.uses, days.total.minutes) == (40, sum(20 + n for n in range(40)))
    assert days.total.coverage == pytest.approx(40 * 500 / (52 * DAY))
    for month in months.stretches[0].items:
        within = [
            i.figures for i in days.stretches[0].items if month.period.since <= i.period.since < month.period.until
        ]
        assert sum(f.uses or 0 for f in within) == (month.figures.uses or 0)
        assert sum(f.heard_s for f in within) == month.figures.heard_s
    cut = T0 + timedelta(days=9, hours=5, minutes=13)
    halves = [
        usage_of_device(conn, CATALOG, "d-1", a, b, "day", now=LATER).total for a, b in ((start, cut), (cut, end))
    ]
    assert sum(h.uses or 0 for h in halves) == 40
    assert sum(h.heard_s for h in halves) == days.total.heard_s


def test_each_owner_has_a_stretch_and_time_between_owners_is_nobodys(conn: Connection, past: Past) -> None:
    device = past.device()
    first, second = past.customer("c-1", "Europe/Berlin"), past.customer("c-2", "Asia/Tehran", "persian")
    past.owned(device, first, "Europe/Berlin", T0, at(DAY))
    past.owned(device, second, "Asia/Tehran", at(2 * DAY))
    past.heard(device, (0, 4 * DAY))
    for day in range(4):
        _clean(past, device, day * DAY + 60)
    found = usage_of_device(conn, CATALOG, "d-1", T0, at(4 * DAY), "month", now=LATER)
    assert [(s.customer, s.since, s.until) for s in found.stretches] == [
        ("c-1", T0, at(DAY)),
        ("c-2", at(2 * DAY), at(4 * DAY)),
    ]
    assert (found.total.uses, found.total.window_s) == (3, 3 * 86_400)
    assert not any(item.period.full for s in found.stretches for item in s.items)


def test_a_unit_nobody_owned_is_counted_in_utc(conn: Connection, past: Past) -> None:
    device = past.device()
    past.heard(device, (0, 60))
    found = usage_of_device(conn, CATALOG, "d-1", T0, at(DAY), "day", now=LATER)
    [stretch] = found.stretches
    assert (stretch.customer, stretch.zone) == (None, "UTC")
    assert found.total.uses == 0
    assert found.total.coverage == pytest.approx(1 / 24)


def test_silence_is_not_zero_and_the_future_needs_no_coverage(conn: Connection, past: Past) -> None:
    device = past.device()
    past.heard(device, (DAY, DAY * 2 + 60))
    found = usage_of_device(conn, CATALOG, "d-1", T0, at(4 * DAY), "day", now=at(2 * DAY + 30)).stretches[0]
    assert [(i.figures.uses, i.figures.coverage) for i in found.items] == [
        (None, 0.0),
        (0, 1.0),
        (0, 1.0),
        (None, None),
    ]


def test_doses_have_no_minutes(conn: Connection, past: Past) -> None:
    device = past.device(product="pill_dispenser")
    past.heard(device, (0, DAY))
    past.event(device, 60, "dose_taken", {"doses": 2})
    found = usage_of_device(conn, CATALOG, "d-1", T0, at(DAY), "day", now=LATER)
    assert (found.total.uses, found.total.minutes) == (2, None)


def test_a_customers_units_add_up_while_they_are_theirs(conn: Connection, past: Past) -> None:
    owner, other = past.customer("c-1", "UTC"), past.customer("c-2", "UTC")
    a, b, pills = past.device("a"), past.device("b"), past.device("p", "pill_dispenser")
    past.owned(a, owner, "UTC", T0)
    past.owned(b, other, "UTC", T0, at(DAY))
    past.owned(b, owner, "UTC", at(DAY))
    past.owned(pills, owner, "UTC", T0)
    past.heard(a, (0, 2 * DAY))
    past.heard(b, (0, DAY * 1.5))
    for day in range(2):
        _clean(past, a, day * DAY + 10)
        _clean(past, b, day * DAY + 20)
    found = usage_of_customer(conn, CATALOG, "c-1", T0, at(2 * DAY), "day", now=LATER)
    assert [p.product for p in found.products] == ["pill_dispenser", "robot_vacuum"]
    dispensers, vacuums = found.products
    assert vacuums.devices == ("a", "b")
    assert [(i.figures.uses, i.figures.coverage) for i in vacuums.items] == [(1, 1.0), (2, 0.5)]
    assert (vacuums.total.uses, vacuums.total.minutes, vacuums.total.coverage) == (3, 90.0, 0.5)
    assert (dispensers.total.uses, dispensers.total.coverage) == (None, 0.0)
    alone = usage_of_customer(conn, CATALOG, "c-1", T0, at(2 * DAY), "day", product="robot_vacuum", now=LATER)
    assert alone.products == (vacuums,)


def test_a_customer_without_units(conn: Connection, past: Past) -> None:
    past.customer("c-1", "UTC")
    assert usage_of_customer(conn, CATALOG, "c-1", T0, at(DAY), "day").products == ()


def test_what_does_not_exist_is_named(conn: Connection, past: Past) -> None:
    with pytest.raises(NotFound, match="d-9"):
        usage_of_device(conn, CATALOG, "d-9", T0, at(DAY), "day")
    with pytest.raises(NotFound, match="c-9"):
        usage_of_customer(conn, CATALOG, "c-9", T0, at(DAY), "day")
    past.device()
    with pytest.raises(NoSuchProduct, match="robot_vacuum"):
        usage_of_device(conn, {}, "d-1", T0, at(DAY), "day")
    with pytest.raises(BadWindow):
        usage_of_device(conn, CATALOG, "d-1", T0, T0, "day")


def test_a_customers_units_are_asked_about_together(
    conn: Connection, past: Past, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = past.customer("c-1", "UTC")
    asked: list[object] = []
    execute = psycopg.Connection.execute

    def counted(self: Connection, *arguments: Any, **more: Any) -> Any:
        asked.append(arguments[0])
        return execute(self, *arguments, **more)

    monkeypatch.setattr(psycopg.Connection, "execute", counted)
    rounds = []
    for n in range(1, 5):
        device = past.device(f"d-{n}")
        past.owned(device, owner, "UTC", at(n * DAY), at(9 * DAY))
        past.heard(device, (0, n * 2 * DAY))
        _clean(past, device, 8 * DAY + 60)
        _clean(past, device, (n - 1) * DAY + 60)  # the day before it was theirs
        asked.clear()
        [found] = usage_of_customer(conn, CATALOG, "c-1", T0, at(10 * DAY), "day", now=LATER).products
        rounds.append(len(asked))
        assert (found.total.uses, found.total.minutes) == (n, n * 30)
        assert found.total.heard_s == sum(k * DAY * 60 for k in range(1, n + 1))
    assert len(set(rounds)) == 1
