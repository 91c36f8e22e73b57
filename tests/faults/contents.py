"""What is wrong with the messages themselves: unreadable, mis-timed, late; and days of 23 and 25 hours."""

from __future__ import annotations

import json
import random
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import psycopg

import catalog
from catalog.elements import Quality
from store import customers, devices, ownerships
from store.database import Connection, connect
from tests.acceptance.test_malformed import ELEMENTS, MESSAGES
from tests.faults.fleet import Fleet, Plan, reading
from tests.faults.kills import HISTORY_MS, now_ms, plans
from tests.faults.scenario import Line, Scenario, Size, line
from tests.faults.site import Grounds, Site, site
from voice.usage import usage_of_device

DAY_MS = 86_400_000
HOUR = timedelta(hours=1)
ZONE = ZoneInfo("Europe/Berlin")
LATE_DAYS = 30
LATE_WITHIN_S = 600.0
"""Rows that go into compressed chunks take their time."""


def _fleet(here: Site, made: list[Plan], rate: float = 0.0) -> Fleet:
    return Fleet(here.broker.host, here.broker.port, here.passwords, made, rate=rate)


def _malformed(on: Grounds, size: Size) -> Line:
    """Every second message is one of the 26 unusable ones; padded, so that each is a dead letter of its own."""
    wrong = [(b"[" + text + b"]", reason) for text, reason in ELEMENTS.items()] + list(MESSAGES.items())
    rounds = size.count(1, 20)
    good = reading(now_ms() - HISTORY_MS)

    def payload(number: int) -> bytes:
        place, is_wrong = divmod(number, 2)
        return wrong[place % len(wrong)][0] + b" " * (place // len(wrong)) if is_wrong else good(number)

    count = 2 * len(wrong) * rounds
    with site(on) as here:
        made = [Plan(name, count, payload, dead=frozenset(range(1, count, 2))) for name in here.passwords]
        with _fleet(here, made) as fleet:
            found = here.settle(fleet)
        with psycopg.connect(here.url) as conn:
            counted = conn.execute("SELECT reason, count(*) FROM dead_letters GROUP BY reason").fetchall()
        expected = Counter(reason for _, reason in wrong)
        assert dict(counted) == {reason: n * rounds * len(here.passwords) for reason, n in expected.items()}
        assert len(here.workers) == 1, "the worker goes on"
        note = f"{len(wrong)} kinds, {len(expected)} reasons; oversized, truncated, NUL, NaN, 1e400, depth 1,000, ..."
        return line("messages that cannot be used", here, found, note)


def _clocks(on: Grounds, size: Size) -> Line:
    """Each thrice, shuffled: a redelivery must meet the time the first delivery was given."""
    now, rounds = now_ms(), size.count(40, 2_000)
    clocks = (now - 365 * DAY_MS, now + DAY_MS + 3_600_000, 0, None, now - HISTORY_MS)
    wrong = 3  # of the five: a day ahead, epoch, and none

    def payload(number: int) -> bytes:
        base = clocks[number % len(clocks)]
        ts = base + number if base else base
        return json.dumps({"ts": ts, "boot": 1, "seq": number, "values": {"battery_pct": number % 100}}).encode()

    count = len(clocks) * rounds
    order = [number for number in range(count) for _ in range(3)]
    random.Random(4).shuffle(order)
    with site(on) as here:
        made = [Plan(name, count, payload, order=order) for name in here.passwords]
        with _fleet(here, made, rate=size.of(2_000, 6_000)) as fleet:
            found = here.settle(fleet)
        with psycopg.connect(here.url) as conn:
            flagged = conn.execute(
                "SELECT count(*) FROM telemetry_robot_vacuum WHERE quality & %s <> 0", (int(Quality.CLOCK),)
            ).fetchone()
        assert flagged == (wrong * rounds * len(here.passwords),)
        return line("clock -1 year, +1 day, epoch 0, none", here, found, "each three times, shuffled")


def _odd_days(today: date) -> list[date]:
    """The last two days in `ZONE` that did not have 24 hours."""
    found: list[date] = []
    day = today - timedelta(days=2)
    while len(found) < 2:
        begin, end = (datetime.combine(d, time(), ZONE).astimezone(UTC) for d in (day, day + timedelta(days=1)))
        if end - begin != 24 * HOUR:
            found.append(day)
        day -= timedelta(days=1)
    return found


def _changes(on: Grounds, size: Size) -> Line:
    """A use an hour, on the odd days and on both their neighbours."""
    days = sorted(day + timedelta(days=n) for day in _odd_days(datetime.now(UTC).date()) for n in (-1, 0, 1))
    starts: list[datetime] = []
    hours: dict[date, int] = {}
    for day in days:
        at, end = (datetime.combine(d, time(), ZONE).astimezone(UTC) for d in (day, day + timedelta(days=1)))
        hours[day] = (end - at) // HOUR
        starts += [at + HOUR * n for n in range(hours[day])]
    assert sorted(hours.values()) == [23, 24, 24, 24, 24, 25]

    def payload(number: int) -> bytes:
        start, is_end = starts[number // 2], number % 2
        ts = round(start.timestamp() * 1000) + (1_800_000 if is_end else 0)
        kind, attrs = ("clean_finished", {"duration_min": 30}) if is_end else ("clean_started", {})
        return json.dumps({"ts": ts, "boot": 1, "seq": number, "kind": kind, "attrs": attrs}).encode()

    with site(on) as here:
        with connect(here.url) as conn:
            customers.create(conn, "c-1", "Somebody", zone=ZONE.key)
            span = ownerships.Span("c-1", starts[0] - 24 * HOUR, None, ZONE.key)
            for name in here.passwords:
                ownerships.set_history(conn, devices.get(conn, name).device_id, [span])
        made = [Plan(name, 2 * len(starts), payload, channel="event") for name in here.passwords]
        with _fleet(here, made) as fleet:
            found = here.settle(fleet)
        with connect(here.url) as conn:
            for name in here.passwords:
                _expect_hours(conn, name, hours)
        return line("both changes of the clocks (DST)", here, found, "usage of 23- and 25-hour days is right")


def _expect_hours(conn: Connection, device: str, hours: dict[date, int]) -> None:
    begin, end = (datetime.combine(d, time(), ZONE) for d in (min(hours), max(hours) + timedelta(days=1)))
    [stretch] = usage_of_device(conn, catalog.load(), device, begin, end, "day").stretches
    used = {i.period.since.astimezone(ZONE).date(): (i.figures.uses, i.figures.minutes) for i in stretch.items}
    for day, count in hours.items():
        assert used[day] == (count, 30.0 * count), f"{device} on {day}: {used[day]}, not {count} uses"


def _late(on: Grounds, size: Size) -> Line:
    """Half of a day long ago is stored and compressed; then the whole of it comes, shuffled."""
    each = size.count(2_000, 150_000)
    start = now_ms() - LATE_DAYS * DAY_MS
    with site(on) as here:
        whole = plans(here, each, start)
        even = [Plan(p.device, each, p.payload, order=range(0, each, 2)) for p in whole]
        source = random.Random(5)
        shuffled = [Plan(p.device, each, p.payload, order=source.sample(range(each), each)) for p in whole]
        with _fleet(here, even) as first:
            here.settle(first)
            chunks = _compress(here) if on.on_timescale else 0
            with _fleet(here, shuffled) as second:
                second.finish()
                with here.recovering(second, within_s=LATE_WITHIN_S):
                    pass
                found = here.settle(first, second, within_s=LATE_WITHIN_S)
        note = f"into {chunks} compressed chunks" if on.on_timescale else "no columnstore on this engine"
        return line("backfill 30 days late", here, found, note)


def _compress(here: Site) -> int:
    with psycopg.connect(here.url, autocommit=True) as conn:
        done = conn.execute("SELECT compress_chunk(c, true) FROM show_chunks('telemetry_robot_vacuum') c").fetchall()
    assert done, "there was something to compress"
    return len(done)


SCENARIOS = [
    Scenario("malformed", "oversized, truncated, non-UTF-8, NUL, NaN, 1e400, depth 1,000", _malformed),
    Scenario("clocks", "clock -1 year, +1 day, epoch 0", _clocks),
    Scenario("dst", "both DST changes", _changes),
    Scenario("late", "30-day-late backfill into compressed chunks", _late),
]
