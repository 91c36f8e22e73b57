"""Whatever is rolled up and whatever is not, a chart from rollups is the chart of the raw rows."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from store import readings, rollups
from tests.integration.rollups.world import DAY_MS, HOUR_MS, NOW, PROBE, World, at, differences, folded, reading

WIDTHS_H = (1, 2, 3, 6, 12, 24, 48, 168)
WINDOWS = (
    (at(0), at(2 * DAY_MS)),
    (at(1_234_567), at(2 * DAY_MS - 7_654_321)),
    (at(5 * HOUR_MS), at(5 * HOUR_MS + 1)),
    (at(-10 * DAY_MS), at(10 * DAY_MS)),
    (at(30 * HOUR_MS + 1), at(30 * HOUR_MS + 1_800_000)),
)


def drive(world: World, device: int, seed: int, *, rows: int = 700, start: int = 0) -> None:
    """Two days of readings in any order, some values missing, some extreme, repeated, rolled up in between."""
    noise = random.Random(seed)
    told = []
    for seq in range(rows):
        values = {
            "level": noise.choice([1.92, 3.5, -0.1, 3.4e38]),
            "mass": noise.choice([noise.gauss(0, 1e9), 1e300, 1e-300, 0.1]),
            "odometer": seq / 3,
            "total": noise.choice([2**63 - 1, -(2**63), 2**53 + seq]),
            "count": noise.randrange(-5, 5),
            "door": noise.random() < 0.3,
            "mode": noise.choice(["low", "high", "new"]),
            "note": f"note {seq}",
        }
        kept = {k: v for k, v in values.items() if noise.random() < 0.8}
        told.append(reading(start + seq, noise.randrange(2 * DAY_MS), boot=noise.choice([1, 2]), **kept))
    noise.shuffle(told)
    while told:
        size = noise.randrange(1, 120)
        batch, told = told[:size], told[size:]
        world.say(device, *batch, *batch[:3])
        if noise.random() < 0.4:
            world.roll(at(noise.randrange(3 * DAY_MS)))


@pytest.mark.parametrize("seed", range(3))
def test_charts_from_rollups_are_the_charts_of_raw_rows(world: World, seed: int) -> None:
    device = world.device()
    drive(world, device, seed)
    for stage in range(3):
        if stage == 1:
            world.roll(at(DAY_MS))
            world.pack()
        elif stage == 2:
            drive(world, device, seed + 100, rows=60, start=1_000)
            while world.roll().more:
                pass
            assert world.marks(device) == "{}"
        rows = world.raw_rows(device)
        for start, end in WINDOWS:
            for width_h in WIDTHS_H:
                found = world.charts(device, start, end, width_h * 3600)
                assert not differences(found, folded(rows, start, end, width_h * 3600)), (stage, start, end, width_h)


def test_history_says_where_it_comes_from(world: World) -> None:
    device = world.device()
    world.say(device, reading(0, 0, level=1.92), reading(1, HOUR_MS + 1, level=2.5))
    month = readings.history(world.conn, PROBE, device, ["level"], at(-30 * DAY_MS), at(DAY_MS), 1_000)
    assert (month.source, month.bucket_s) == ("rollup", 3_600)
    assert [b.avg for b in month.buckets["level"]] == [1.92, 2.5]
    world.roll()
    again = readings.history(world.conn, PROBE, device, ["level"], at(-30 * DAY_MS), at(DAY_MS), 1_000)
    assert again == month
    hour = readings.history(world.conn, PROBE, device, ["level"], at(0), at(HOUR_MS), 100)
    assert (hour.source, hour.bucket_s) == ("raw", 60)


def test_a_series_has_mean_and_deviation(world: World) -> None:
    device = world.device()
    counts = [3, 4, 8, 1_000_000_001, 1_000_000_003]
    for seq, count in enumerate(counts):
        world.say(device, reading(seq, seq * HOUR_MS // 2, count=count))
    for _ in range(2):
        signal = PROBE.signal_of("count")
        assert signal
        found = rollups.series(world.conn, PROBE, device, [signal], at(0), at(DAY_MS))["count"]
        assert (found.n, found.lo, found.hi) == ((2, 2, 1), (3, 8, 1_000_000_003), (4, 1_000_000_001, 1_000_000_003))
        assert found.std[0] == pytest.approx(0.5)
        assert found.at == tuple(at(h * HOUR_MS) for h in range(3))
        day = rollups.series(world.conn, PROBE, device, [signal], at(0), at(DAY_MS), width_s=86_400)["count"]
        mean = sum(counts) / 5
        assert day.mean[0] == pytest.approx(mean)
        assert day.std[0] == pytest.approx((sum((c - mean) ** 2 for c in counts) / 5) ** 0.5, rel=1e-12)
        world.roll()
    assert signal
    assert rollups.series(world.conn, PROBE, device, [signal], NOW, NOW + timedelta(days=1))["count"].n == ()
