"""Raw telemetry goes after its rollup was verified, and what comes later is added to the rollup once."""

from __future__ import annotations

import logging
import time
from datetime import timedelta
from typing import Any

import pytest

from store import expiry, jobs, product_tables, readings, retention
from store.database import connect
from store.errors import InvalidValue, Unavailable
from store.expiry import Expired
from store.product_tables import TableOptions
from store.retention import Retention
from store.rollups import place, rebuild, verify
from store.rollups.hours import hour_of
from tests.integration.rollups.test_reading import drive
from tests.integration.rollups.world import (
    CATALOG,
    DAY_MS,
    HOUR_MS,
    NOW,
    PROBE,
    World,
    at,
    differences,
    folded,
    reading,
)

LATER = NOW + timedelta(days=400)
WINDOW = (at(-DAY_MS), at(3 * DAY_MS))


def drop(world: World) -> Expired:
    return expiry.drop(world.conn, PROBE, LATER - timedelta(days=100), LATER)


def test_the_chart_stays_when_raw_rows_go(world: World) -> None:
    device = world.device()
    drive(world, device, seed=11)
    world.pack()
    rows = world.raw_rows(device)
    gone = retention.apply(world.conn, CATALOG, Retention(raw_days=100), LATER)
    assert gone["telemetry_probe"] >= 1
    assert "telemetry_probe kept" not in gone
    assert world.raw_rows(device) == []
    for width_h in (1, 6, 24, 168):
        chart = world.charts(device, *WINDOW, width_h * 3_600)
        assert not differences(chart, folded(rows, *WINDOW, width_h * 3_600))
    # Finer than an hour there is nothing any more, and a window's ends are moved to the hour.
    found = readings.history(world.conn, PROBE, device, ["count"], at(30_000), at(2 * HOUR_MS - 1), 500)
    assert (found.source, found.bucket_s) == ("rollup", 3_600)
    whole = folded(rows, at(0), at(2 * HOUR_MS), 3_600)["count"]
    assert [(b.t, b.n, b.min, b.max) for b in found.buckets["count"]] == [row[:4] for row in whole]


@pytest.mark.parametrize(
    "tamper",
    [
        "UPDATE rollups SET h_n[1] = h_n[1] + 1",
        "UPDATE rollups SET h_hi_int[1] = h_hi_int[1] + 1 WHERE h_hi_int IS NOT NULL",
        "UPDATE rollups SET h_mean[1] = h_mean[1] + 1 WHERE h_mean IS NOT NULL",
        "UPDATE rollups SET h_last_text[1] = 'x' WHERE h_last_text IS NOT NULL",
        "UPDATE rollups SET h_tally[1] = '{}' WHERE h_tally IS NOT NULL",
        "DELETE FROM rollups WHERE signal = (SELECT min(signal) FROM rollups)",
        "UPDATE telemetry_probe SET count = 99",
        "DELETE FROM telemetry_probe",
    ],
)
def test_it_stays_while_the_rollup_says_otherwise(world: World, tamper: str, caplog: pytest.LogCaptureFixture) -> None:
    device = world.device()
    values: dict[str, Any] = {"level": 1.5, "count": 3, "mode": "low", "note": "n", "door": True}
    world.say(device, reading(0, 0, **values), reading(1, 1, mode="high"), reading(2, HOUR_MS, **values))
    world.roll()
    world.conn.execute(tamper.encode())
    rows = world.raw_rows(device)
    with caplog.at_level(logging.ERROR):
        refused = drop(world)
    assert (refused.dropped, refused.kept) != (0, 0)
    assert refused.kept >= 1
    assert "rollups of 1 devices are not what its rows say" in caplog.text
    assert world.raw_rows(device) == rows
    # What was found is rolled up anew, and then it may go.
    assert drop(world).kept == 0
    assert world.raw_rows(device) == []
    chart = world.charts(device, *WINDOW, 3_600)
    assert not differences(chart, folded(rows, *WINDOW, 3_600))


@pytest.mark.parametrize("arrivals", [1, expiry.LOOKS - 1, expiry.LOOKS])
def test_what_arrives_while_it_is_compared_is_compared_too(
    world: World, monkeypatch: pytest.MonkeyPatch, arrivals: int
) -> None:
    device, other = world.device(), world.device("p-2")
    for one in (device, other):
        world.say(one, reading(0, 0, count=1))
    compare = verify.different
    looked: list[Any] = []

    def interrupted(*args: Any, **more: Any) -> list[int]:
        found = compare(*args, **more)
        since, until = args[-2:]
        if since <= hour_of(at(0)) < until:
            looked.append(more.get("only"))
            if len(looked) <= arrivals:
                with connect(world.conn.info.dsn + f" password={world.conn.info.password}", autocommit=True) as busy:
                    World(busy).say(device, reading(len(looked), len(looked), count=2))
        return found

    monkeypatch.setattr(verify, "different", interrupted)
    goes = arrivals < expiry.LOOKS
    assert (drop(world).kept == 0) is goes
    # Only what has arrived is looked at again.
    assert looked == [None] + [[device]] * min(arrivals, expiry.LOOKS - 1)
    assert len(world.raw_rows(device)) == (0 if goes else arrivals + 1)
    assert drop(world).kept == 0
    for one, n in ((device, 1 + arrivals), (other, 1)):
        [bucket] = world.charts(one, *WINDOW, 3_600)["count"]
        assert bucket[1] == n


def test_a_comparison_that_is_killed_is_gone_on_with(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    devices = [world.device(f"p-{n}") for n in range(6)]
    for device in devices:
        world.say(device, reading(0, 0, count=1))
    jobs.declare(world.conn, {place.JOB: 3_600.0})
    monkeypatch.setattr(place, "REMEMBER_S", 0.0)
    monkeypatch.setattr(verify, "STEP_HOURS", 1)  # a device a group
    fresh = rebuild.fresh
    compared: list[int] = []

    def killing(conn: Any, table: str, signals: Any, hours: Any, **more: Any) -> None:
        mine = hours.keys() & set(devices)
        if killing_at is not None and killing_at in mine:
            raise Unavailable("killed")
        compared.extend(mine)
        fresh(conn, table, signals, hours, **more)

    world.roll()
    monkeypatch.setattr(rebuild, "fresh", killing)
    killing_at: int | None = devices[3]
    with pytest.raises(Unavailable):
        drop(world)
    assert set(compared) == set(devices[:3])
    compared.clear()
    killing_at = devices[5]
    with pytest.raises(Unavailable):
        drop(world)
    assert set(compared) == set(devices[3:5])
    # Rollups that are not what they were when they were compared are compared anew.
    world.conn.execute("UPDATE rollups SET h_n[1] = h_n[1] + 1 WHERE device_id = %s", [devices[1]])
    compared.clear()
    killing_at = None
    assert drop(world).kept >= 1
    assert set(compared) == set(devices)
    # A run that came to its end leaves nothing behind.
    compared.clear()
    assert drop(world).kept == 0
    assert set(compared) == set(devices)
    assert world.conn.execute("SELECT count(*) FROM telemetry_probe").fetchone() == (0,)


def test_it_waits_for_nobody_long(world: World, database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expiry, "LOCK_TIMEOUT_MS", 50)
    monkeypatch.setattr(expiry, "PAUSES_S", (0.0, 0.0))
    device = world.device()
    world.say(device, reading(0, 0, count=1))
    with connect(database) as other:
        other.execute("UPDATE telemetry_probe SET lag_ms = lag_ms")
        assert drop(world).kept >= 1
        # Whoever is soon done only makes it wait.
        monkeypatch.setattr(time, "sleep", lambda _: other.rollback())
        assert drop(world).kept == 0
    assert world.raw_rows(device) == []


def test_while_somebody_rolls_up_everything_is_kept(world: World, database: str) -> None:
    from store.rollups import roller

    device = world.device()
    world.say(device, reading(0, 0, count=1))
    with connect(database) as other, roller.alone(other):
        found = drop(world)
    assert (found.dropped, found.kept > 0) == (0, True)
    assert len(world.raw_rows(device)) == 1


def test_late_rows_are_added_to_the_rollup_once(world: World) -> None:
    device, other = world.device(), world.device("p-2")
    drive(world, device, seed=12, rows=200)
    drive(world, other, seed=13, rows=200)
    rows = world.raw_rows(device)
    assert drop(world).kept == 0
    late = [
        reading(5_000, 0, level=-2.5, mass=1.0, count=40, mode="new", total=1, door=True),
        reading(5_001, 1, count=-9, mode="new", note="late", odometer=1.5),
        reading(5_002, -DAY_MS, level=7.0, note="before"),
    ]
    world.say(device, *late)
    rows += world.raw_rows(device)
    for stage in range(3):
        chart = world.charts(device, *WINDOW, 3_600)
        wanted = folded(sorted(rows, key=lambda r: (r["ts"], r["boot"], r["seq"])), *WINDOW, 3_600)
        if stage == 0:
            # Until they are added they are read beside it; a last value is then by hour, and of its raw rows.
            chart, wanted = (
                {k: [(*b[:6], None, b[7]) for b in v] for k, v in found.items()} for found in (chart, wanted)
            )
        elif stage == 1:
            done = world.roll(LATER)
            assert done.late == 3
            assert world.raw_rows(device) == []
            chart, wanted = (
                {k: [(*b[:6], None, b[7]) for b in v] for k, v in found.items()}
                for found in (world.charts(device, *WINDOW, 3_600), wanted)
            )
        else:
            assert world.roll(LATER).late == 0
            continue
        assert not differences(chart, wanted)
    assert world.marks(device) == "{}"
    # Their partition is empty now, and goes.
    assert drop(world).kept == 0
    pieces = expiry._pieces(world.conn, PROBE, LATER - timedelta(days=100))
    assert pieces == []


def test_a_late_row_does_not_change_what_came_last(world: World) -> None:
    device = world.device()
    world.say(device, reading(0, 0, odometer=1.0), reading(1, 20 * HOUR_MS, odometer=9.0))
    assert drop(world).kept == 0
    world.say(device, reading(2, 5 * HOUR_MS, odometer=3.0), reading(3, 20 * HOUR_MS + 1, odometer=4.0))
    for _ in range(2):  # read beside the rollups, then added to them
        [day] = world.charts(device, *WINDOW, 86_400)["odometer"]
        assert (day[1], day[6]) == (4, 9.0)
        hours = world.charts(device, *WINDOW, 3_600)["odometer"]
        assert [hour[6] for hour in hours] == [1.0, 3.0, 9.0]
        world.roll(LATER)
    assert world.raw_rows(device) == []


def test_what_arrives_while_it_is_compared_is_nobody_s_fault(world: World) -> None:
    device = world.device()
    world.say(device, reading(0, 0, count=1))
    world.roll()
    since, until = hour_of(at(0)), hour_of(at(DAY_MS))
    world.say(device, reading(1, 1, count=2))
    assert verify.different(world.conn, PROBE, since, until) == []
    world.conn.execute("UPDATE latest SET dirty = '{}'")
    assert verify.different(world.conn, PROBE, since, until) == [device]


def test_raw_rows_of_a_product_out_of_the_catalogue_go_too(world: World) -> None:
    device = world.device()
    world.say(device, reading(0, 0, count=1))
    gone = retention.apply(world.conn, {}, Retention(raw_days=100), LATER)
    assert gone["telemetry_probe"] >= 1
    assert world.raw_rows(device) == []
    [bucket] = world.charts(device, *WINDOW, 3_600)["count"]
    assert bucket[1:3] == (1, 1)


def test_one_product_that_fails_keeps_nothing_else(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    device = world.device()
    world.say(device, reading(0, 0, count=1))
    with world.conn.transaction():
        product_tables.apply(world.conn, PROBE.model_copy(update={"key": "a_first"}), TableOptions())
    dropping = expiry.drop

    def broken(conn: Any, product: Any, *more: Any) -> Expired:
        if product.key == "a_first":
            raise InvalidValue("broken")
        return dropping(conn, product, *more)

    monkeypatch.setattr(expiry, "drop", broken)
    with pytest.raises(InvalidValue, match="broken"):
        retention.apply(world.conn, CATALOG, Retention(raw_days=100), LATER)
    assert world.raw_rows(device) == []


def test_a_fine_chart_misses_nothing_that_is_dropped_meanwhile(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    device = world.device()
    world.say(device, reading(0, 0, count=1), reading(1, 60_000, count=2))
    reading_raw = readings._raw_history

    def late(*args: Any) -> Any:
        assert drop(world).kept == 0
        return reading_raw(*args)

    monkeypatch.setattr(readings, "_raw_history", late)
    found = readings.history(world.conn, PROBE, device, ["count"], at(0), at(HOUR_MS), 500)
    assert (found.source, found.bucket_s, [b.n for b in found.buckets["count"]]) == ("rollup", 3_600, [2])


def test_late_rows_nobody_marked_keep_their_piece_until_they_are_added(world: World) -> None:
    device = world.device()
    world.say(device, reading(0, 0, count=1))
    assert drop(world).kept == 0
    world.say(device, reading(1, 1, count=5))
    world.conn.execute("UPDATE latest SET dirty = '{}'")
    assert drop(world).kept == 1
    assert drop(world).kept == 0
    [bucket] = world.charts(device, *WINDOW, 3_600)["count"]
    assert bucket[1:5] == (2, 1, 5, 3.0)


def test_rollups_go_after_their_time_but_never_before_raw_rows(world: World) -> None:
    device = world.device()
    world.say(device, *(reading(seq, seq * DAY_MS - 50 * DAY_MS, count=1) for seq in range(0, 100, 10)))
    world.roll(NOW + timedelta(days=100))
    keep = Retention(raw_days=400, rollup_days=1)
    assert retention.apply(world.conn, CATALOG, keep, NOW + timedelta(days=100))["rollups"] == 0
    assert len(world.rollups()) == 10
    first_kept = world.one("SELECT count(*) FROM rollups WHERE day < %s", at(25 * DAY_MS).date())
    gone = retention.apply(world.conn, CATALOG, Retention(raw_days=1, rollup_days=375), NOW + timedelta(days=397))
    assert gone["rollups"] == first_kept
    assert len(world.rollups()) == 10 - first_kept
