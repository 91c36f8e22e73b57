"""Late data into TimescaleDB's columnstore, and what its policy makes of it. Plain PostgreSQL has no such thing."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

import catalog
from catalog.elements import Reading
from store.database import connect
from store.intake import Intake
from store.migrate import migrate
from store.product_tables import PACKED_ROWS
from tests.integration.store.world import DAY_MS, T0, World, arrival, ms, products, reading

TABLE = "telemetry_robot_vacuum"
OLD = T0 - 60 * DAY_MS
PACKED = 120_000
"""More than the 100,000 tuples that one transaction may unpack unless the session says otherwise."""


@pytest.fixture
def owned(empty_database: str) -> Iterator[World]:
    """A database migrated by the role that asks: what `vop migrate` tells that role is not copied with a template."""
    migrate(empty_database, catalog.load())
    with connect(empty_database, autocommit=True) as conn:
        if not conn.execute("SELECT 1 FROM pg_extension WHERE extname = 'timescaledb'").fetchone():
            pytest.skip("only TimescaleDB has a columnstore")
        yield World(conn, Intake(products()))


def policy_job(world: World) -> int:
    return int(
        world.one(
            """SELECT job_id FROM timescaledb_information.jobs
               WHERE hypertable_name = %s AND proc_name = 'policy_compression'""",
            TABLE,
        )
    )


def run_policy(world: World) -> None:
    """What TimescaleDB's scheduler does twice a day."""
    world.conn.execute("CALL run_job(%s)", (policy_job(world),))


def states(world: World) -> list[list[str]]:
    return [
        row[0] for row in world.rows("SELECT _timescaledb_functions.chunk_status_text(c) FROM show_chunks(%s) c", TABLE)
    ]


def batches(world: World) -> list[int]:
    """Rows packed together, by batch."""
    rows = world.rows(
        """SELECT s.compress_relid::regclass::text FROM show_chunks(%s) c
           JOIN _timescaledb_catalog.compression_settings s ON s.relid = c""",
        TABLE,
    )
    return [n for (name,) in rows for (n,) in world.rows(f"SELECT _ts_meta_count FROM {name}")]


def pack(world: World, device: int, rows: int, step_ms: int = 20_000) -> None:
    """`rows` readings with even numbers, all in the columnstore."""
    world.conn.execute(
        f"""INSERT INTO {TABLE} (device_id, ts, boot, seq, lag_ms, quality, battery_pct)
            SELECT %s, at_ms(%s + n * %s::bigint), 1, n, 0, 0, 50 + n %% 50 FROM generate_series(0, %s, 2) n""",
        (device, OLD, step_ms // 2, 2 * rows - 2),
    )
    world.conn.execute("SELECT compress_chunk(c) FROM show_chunks(%s) c", (TABLE,))


def test_a_late_batch_may_meet_more_packed_rows_than_a_transaction_may_unpack(owned: World) -> None:
    device = owned.device()
    pack(owned, device, PACKED)
    assert states(owned) == [["COMPRESSED"]] * len(states(owned))

    def at(seq: int, battery_pct: float | None = None) -> Reading:
        return reading(seq, OLD + seq * 10_000, battery_pct=50.0 + seq % 50 if battery_pct is None else battery_pct)

    numbers = range(0, 2 * PACKED, 1_000)  # four rows of every thousand: each batch is met
    late = [at(seq + 1) for seq in numbers]
    again = [at(seq) for seq in numbers]
    other = [at(seq + 2, 1.0) for seq in numbers]
    # Nothing need be unpacked to tell them apart, so the limit does not matter; as low as it goes, to be sure.
    owned.conn.execute("SET timescaledb.max_tuples_decompressed_per_dml_transaction = 1")
    outcome = owned.write(arrival(device, *late, *again, *other, at=T0))
    assert (outcome.stored, outcome.duplicates) == (len(numbers), len(numbers))
    assert dict(outcome.by_reason) == {"conflict": len(numbers)}
    assert owned.one(f"SELECT count(*) FROM {TABLE}") == PACKED + len(numbers)
    assert owned.write(arrival(device, *late, at=T0)).duplicates == len(numbers)


def test_the_limit_is_there_for_corrections(owned: World) -> None:
    device = owned.device()
    pack(owned, device, PACKED_ROWS)
    owned.conn.execute("SET timescaledb.max_tuples_decompressed_per_dml_transaction = 100")
    with pytest.raises(psycopg.Error, match="tuple decompression limit exceeded"):
        owned.conn.execute(f"UPDATE {TABLE} SET quality = 1 WHERE device_id = %s", (device,))


def test_the_policy_packs_5000_rows_together_and_what_came_late(owned: World) -> None:
    device = owned.device()
    rows = 3 * PACKED_ROWS
    owned.conn.execute(
        f"""INSERT INTO {TABLE} (device_id, ts, boot, seq, lag_ms, quality, battery_temperature_cel)
            SELECT %s, date_trunc('day', now()) - interval '100 days' + n * interval '1 min', 1, n, 0, 0,
                   (20 + n %% 50 / 10.0)::real FROM generate_series(0, %s, 2) n""",
        (device, 2 * rows - 2),
    )
    before = owned.rows(f"SELECT ts, seq, battery_temperature_cel FROM {TABLE} ORDER BY ts")
    run_policy(owned)
    assert states(owned) == [["COMPRESSED"]] * len(states(owned))
    assert max(batches(owned)) == PACKED_ROWS
    assert owned.rows(f"SELECT ts, seq, battery_temperature_cel FROM {TABLE} ORDER BY ts") == before
    [(first, newest)] = owned.rows(f"SELECT {ms('min(ts)')}, {ms('max(ts)')} FROM {TABLE}")
    late = [reading(seq, first + seq * 60_000) for seq in range(1, 401, 2)]
    assert owned.write(arrival(device, *late, at=newest)).stored == len(late)
    assert ["COMPRESSED", "PARTIAL"] in states(owned)
    run_policy(owned)
    assert states(owned) == [["COMPRESSED"]] * len(states(owned))
    assert sum(batches(owned)) == rows + len(late)


def test_what_somebody_chose_for_the_role_is_left_alone(owned: World, empty_database: str) -> None:
    name = "timescaledb.compression_batch_size_limit"
    chosen = owned.one("SELECT current_setting(%s)", name)
    with connect(empty_database) as conn:
        assert conn.execute("SELECT current_setting(%s)", (name,)).fetchone() == (str(PACKED_ROWS),)
    assert chosen == str(PACKED_ROWS)
    owned.conn.execute(
        """DO $$ BEGIN
             EXECUTE format('ALTER ROLE CURRENT_USER IN DATABASE %I SET timescaledb.compression_batch_size_limit = 700',
                            current_database());
           END $$"""
    )
    migrate(empty_database, catalog.load())
    with connect(empty_database) as conn:
        assert conn.execute("SELECT current_setting(%s)", (name,)).fetchone() == ("700",)
