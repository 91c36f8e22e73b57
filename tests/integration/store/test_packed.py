"""What is old lies packed in TimescaleDB's columnstore, elsewhere in a partition: the intake sees no difference."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import catalog
from store import readings, retention
from store.intake import Intake
from store.migrate import migrate
from store.retention import Retention
from tests.integration.store.world import DAY_MS, PRODUCT, T0, World, arrival, products, reading

OLD = T0 - 60 * DAY_MS
NOW = datetime.fromtimestamp(T0 / 1000, UTC)


def pack(world: World) -> None:
    """Do now what TimescaleDB's policy does after two weeks."""
    if world.one("SELECT relkind <> 'p' FROM pg_class WHERE relname = 'telemetry_robot_vacuum'"):
        packed = world.rows("SELECT compress_chunk(c) FROM show_chunks('telemetry_robot_vacuum') c")
        assert packed


def test_redelivery_conflict_and_late_data_meet_what_is_packed(world: World) -> None:
    device = world.device()
    world.say(device, *(reading(seq, OLD + seq * 1000) for seq in range(0, 200, 2)))
    pack(world)
    outcome = world.write(
        arrival(device, *(reading(seq, OLD + seq * 1000) for seq in range(200))),
        arrival(device, reading(10, OLD + 10_000, battery_pct=1.0)),
    )
    assert (outcome.stored, outcome.duplicates, dict(outcome.by_reason)) == (100, 100, {"conflict": 1})
    assert [seq for _, _, seq, _ in world.readings(device)] == list(range(200))
    assert [run[:2] for run in world.runs(device)[1]] == [(0, 199)]


def test_a_new_signal_can_be_added_beside_what_is_packed(world: World, database: str) -> None:
    device = world.device()
    world.say(device, reading(0, OLD))
    pack(world)
    vacuum = catalog.load()[PRODUCT]
    added = vacuum.signal[0].model_copy(update={"key": "dust_pct"})
    wider = products(signal=(*vacuum.signal, added))
    migrate(database, wider)
    Intake(wider).write(world.conn, [arrival(device, reading(0, OLD), reading(1, OLD + 1000, dust_pct=7.0))])
    rows = world.rows("SELECT seq, battery_pct, dust_pct FROM telemetry_robot_vacuum ORDER BY seq")
    assert rows == [(0, 50.0, None), (1, None, 7.0)]
    history = readings.history(
        world.conn, wider[PRODUCT], device, ["dust_pct"], NOW - timedelta(days=61), NOW - timedelta(days=59)
    )
    assert [bucket.avg for bucket in history.buckets["dust_pct"]] == [7.0]


def test_retention_drops_what_is_packed(world: World) -> None:
    device = world.device()
    world.say(device, reading(0, OLD))
    world.say(device, reading(1, T0))
    pack(world)
    assert retention.apply(world.conn, catalog.load(), Retention(raw_days=20), NOW)["telemetry_robot_vacuum"] >= 1
    assert [seq for _, _, seq, _ in world.readings(device)] == [1]
