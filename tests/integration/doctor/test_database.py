"""The doctor on a database that something is wrong with."""

from __future__ import annotations

import time

import psycopg
import pytest

from store.database import connect
from store.diagnosis import server as by_sql
from store.diagnosis import tables, work
from store.health import server as facts
from store.migrate import migrate
from tests.integration.doctor.patient import CATALOG, check, say
from tests.platform_services import embedded_server, fresh_database
from vop.doctor import server
from vop.doctor.surroundings import Surroundings


def run(database: str, *statements: str) -> None:
    with psycopg.connect(database, autocommit=True) as conn:
        for statement in statements:
            conn.execute(statement.encode())


def has_timescaledb(database: str) -> bool:
    with psycopg.connect(database) as conn:
        return conn.execute("SELECT 1 FROM pg_extension WHERE extname = 'timescaledb'").fetchone() is not None


def test_a_server_that_forgets_commits(database: str) -> None:
    check(say(database, server)["database.durability"], "fail", "fsync and full_page_writes and synchronous_commit",
          "fsync = on and full_page_writes = on")  # fmt: skip


def test_a_sound_server_is_sound() -> None:
    durable = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "autovacuum": "on"}
    with embedded_server(**durable) as own, fresh_database(own) as name:
        found = say(own.url(name), server)
    assert {one.name for one in found.values() if one.level != "ok"} <= {"database.disk", "database.timescaledb"}
    check(found["database.durability"], "ok", "survives a power cut")


def test_autovacuum_that_is_off(database: str) -> None:
    check(say(database, server)["database.autovacuum"], "warn", "autovacuum is off", "set autovacuum = on")


def test_timescaledb_that_is_not_installed(database: str, empty_database: str) -> None:
    if has_timescaledb(database):
        check(say(database, server)["database.timescaledb"], "ok", "TimescaleDB 2.")
        check(say(empty_database, server)["database.timescaledb"], "warn", "not installed", "CREATE EXTENSION")
    else:
        check(say(database, server)["database.timescaledb"], "ok", "plain PostgreSQL")


def test_a_clock_that_is_off(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    check(say(database, server)["database.clock"], "ok", "within 2 s")
    # This machine's, for the server's cannot be set.
    for shift, level, words in ((-30.0, "warn", "ahead of"), (300.0, "fail", "behind")):
        with monkeypatch.context() as off:
            off.setattr(time, "time", lambda shift=shift: time.time_ns() / 1e9 + shift)
            found = say(database, server)["database.clock"]
        check(found, level, words, "time server")  # type: ignore[arg-type]


def test_connections_that_run_out() -> None:
    with embedded_server(max_connections="20", superuser_reserved_connections="3") as own, fresh_database(own) as name:
        url = own.url(name)
        held = [psycopg.connect(url) for _ in range(12)]
        try:
            check(say(url, server)["database.connections"], "warn", "14 of 17 connections", "raise max_connections")
        finally:
            for conn in held:
                conn.close()


def test_a_transaction_left_open(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(by_sql, "TRANSACTION_WARN_S", 0.0)
    with psycopg.connect(database, application_name="forgotten") as conn:
        conn.execute("SELECT count(*) FROM events")
        check(say(database, server)["database.transactions"], "warn", f"forgotten (pid {conn.info.backend_pid}) has a "
              "transaction open", f"pg_terminate_backend({conn.info.backend_pid})")  # fmt: skip
        assert "does nothing in it" in say(database, server)["database.transactions"].what
    assert say(database, server)["database.transactions"].level == "ok"


def test_a_disk_out_of_sight(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert say(database, server)["database.disk"].level in ("ok", "warn", "unknown")
    monkeypatch.setattr(facts, "local_data_directory", lambda _conn: None)
    check(say(database, server)["database.disk"], "unknown", "cannot be looked at from here", "`df`")


def test_a_fresh_schema_has_nothing_to_say(database: str) -> None:
    found = say(database, tables)
    assert [one.what for one in found.values() if one.level != "ok"] == []


def test_a_schema_that_is_not_there_or_not_ours(database: str, empty_database: str) -> None:
    def current(url: str) -> object:
        with facts.look(url, 1_000) as conn:
            return tables.current(conn, {})

    check(current(empty_database), "fail", "run `vop migrate`")  # type: ignore[arg-type]
    check(current(database), "ok", "the schema is at migration")  # type: ignore[arg-type]
    run(database, "INSERT INTO schema_migrations (version, name, sha256) VALUES (9001, 'future', '')")
    check(current(database), "fail", "upgrade the program")  # type: ignore[arg-type]


def test_a_signal_without_its_column(database: str) -> None:
    run(database, "ALTER TABLE telemetry_stock_sensor DROP COLUMN weight_g", "DROP TABLE telemetry_software")
    check(say(database, tables)["schema.products"], "fail", "telemetry_software, telemetry_stock_sensor.weight_g",
          "vop migrate")  # fmt: skip


def test_partitions_that_end(database: str) -> None:
    with psycopg.connect(database, autocommit=True) as conn:
        rows = conn.execute(
            "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'audit'::regclass ORDER BY 1"
        ).fetchall()
        for (partition,) in rows[1:]:
            conn.execute(f"DROP TABLE {partition}".encode())
        check(say(database, tables)["schema.partitions"], "warn", "partitions of audit end at", "vop migrate")
        conn.execute(f"DROP TABLE {rows[0][0]}".encode())
    check(say(database, tables)["schema.partitions"], "fail", "partitions of audit are missing")


def test_an_index_left_half_made(database: str) -> None:
    run(database, "INSERT INTO events SELECT 1, now(), 1, n, 0, 0, 'stuck', '{}' FROM generate_series(1, 2) n")
    with pytest.raises(psycopg.errors.UniqueViolation):
        run(database, "CREATE UNIQUE INDEX CONCURRENTLY half ON events (kind)")
    check(say(database, tables)["schema.indexes"], "warn", "half was never finished", "vop migrate")


def test_too_many_chunks(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if not has_timescaledb(database):
        check(say(database, tables)["schema.chunks"], "ok", "no chunks")
        return
    run(
        database,
        "INSERT INTO telemetry_software (device_id, ts, boot, seq, lag_ms, quality) VALUES (1, now(), 1, 1, 0, 0)",
    )
    check(say(database, tables)["schema.chunks"], "ok", "4 hypertables, 1 chunks")
    monkeypatch.setattr(tables, "CHUNKS_WARN", 0)
    check(say(database, tables)["schema.chunks"], "warn", "telemetry_software has 1 chunks", "set_chunk_time_interval")


def test_dead_rows(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "DEAD_ROWS", 10)
    run(
        database,
        "INSERT INTO events SELECT 1, now(), 1, n, 0, 0, 'stuck', '{}' FROM generate_series(1, 50) n",
        "DELETE FROM events",
        "SELECT pg_stat_force_next_flush()",
    )
    check(say(database, tables)["schema.vacuum"], "warn", "events has 50 dead rows beside 0 live ones", "VACUUM")


def test_rights_that_are_missing_or_too_many() -> None:
    with embedded_server() as own, fresh_database(own) as name:
        url = own.url(name)
        run(url, "CREATE ROLE vop_api")
        migrate(url, CATALOG)
        check(say(url, tables)["schema.rights"], "ok", "may do what they need")
        run(url, "REVOKE ALL ON telemetry_software FROM vop_api")
        check(
            say(url, tables)["schema.rights"], "fail", "missing: vop_api: INSERT on telemetry_software", "as the owner"
        )
        migrate(url, CATALOG)
        check(say(url, tables)["schema.rights"], "ok", "may do what they need")
        run(url, "GRANT ALL ON ALL TABLES IN SCHEMA public TO vop_api")
        check(say(url, tables)["schema.rights"], "warn", "vop_api: DELETE on audit", "vop migrate")


def test_slots_nobody_holds(database: str) -> None:
    check(say(database, work)["ingest.slots"], "warn", "no ingest worker", "vop ingest")
    run(database, "INSERT INTO ingest_slots (slot, worker, seen_at) VALUES (3, 'h:1', now() - interval '2 minutes')")
    check(say(database, work)["ingest.slots"], "fail", "slot 3 has a subscription and no worker", "drain --slot 3")
    from store import slots

    with connect(database, autocommit=True) as conn:
        assert slots.acquire(conn, 8, "here:1", only=3) == 3
        check(say(database, work)["ingest.slots"], "ok", "1 of 1 slots")
        run(database, "UPDATE ingest_slots SET seen_at = now() - interval '5 minutes'")
        check(say(database, work)["ingest.slots"], "fail", "here:1) holds it and gave no sign of life for 3", "restart")


def test_jobs_that_are_late_or_fail(database: str) -> None:
    check(say(database, work)["relay.jobs"], "warn", "no relay has ever run", "vop relay")
    run(database, "INSERT INTO jobs (job, every_s) VALUES ('rollups', 60), ('retention', 86400)")
    check(say(database, work)["relay.jobs"], "ok", "2 jobs")
    run(database, "UPDATE jobs SET failing = 2, last_error = 'NoRoom' WHERE job = 'retention'")
    check(say(database, work)["relay.jobs"], "warn", "retention has failed 2 times in a row: NoRoom", "log")
    run(database, "UPDATE jobs SET next_at = now() - interval '1 hour' WHERE job = 'rollups'")
    check(say(database, work)["relay.jobs"], "fail", "rollups is due for 60 minutes and nobody runs it (1 of 2")


def test_rollups_behind(database: str) -> None:
    run(
        database,
        "INSERT INTO devices (device, product) VALUES ('d', 'software')",
        "INSERT INTO latest (device_id, updated_at, dirty) "
        "SELECT device_id, now(), int4multirange(int4range(hour - 1, hour)) "
        "FROM devices, LATERAL (SELECT (extract(epoch FROM now()) / 3600)::int AS hour) h",
    )
    assert say(database, work)["relay.rollups"].level == "ok"
    run(database, "UPDATE latest SET dirty = '{[460000,460001)}'")
    check(say(database, work)["relay.rollups"], "warn", "1 devices have hours", "`rollups`")
    assert "the oldest from 2022-06-23 16:00Z" in say(database, work)["relay.rollups"].what


def test_dead_letters_that_jump(database: str) -> None:
    assert say(database, work)["ingest.dead_letters"].level == "ok"
    run(
        database,
        "INSERT INTO dead_messages (topic, sha256, payload) VALUES ('t', '', '')",
        "INSERT INTO dead_letters (message_id, element_index, reason, detail) "
        "SELECT message_id, n, 'wrong_type', '' FROM dead_messages, generate_series(1, 50) n",
    )
    check(
        say(database, work)["ingest.dead_letters"],
        "ok",
        "50 elements were refused in the past 24 hours (wrong_type 50)",
    )
    run(
        database,
        "INSERT INTO dead_letters (message_id, element_index, reason, detail) "
        "SELECT message_id, n, 'unknown_device', '' FROM dead_messages, generate_series(1, 100) n",
    )
    check(say(database, work)["ingest.dead_letters"], "warn", "(unknown_device 100, wrong_type 50), 0 in those before")
    # Replayed in vain: what is stored then is a letter no more.
    run(database, "UPDATE dead_letters SET replayed_at = now()")
    check(say(database, work)["ingest.dead_letters"], "warn", "(unknown_device 100, wrong_type 50), 0 in those before")


def test_every_check_looks_only(database: str) -> None:
    """None of them writes: they all work where writing is refused, as they do on a standby."""
    around = Surroundings(database, catalog=CATALOG)
    with facts.look(database, 5_000) as conn:
        conn.execute("SET default_transaction_read_only = on")
        for _name, look in (*server.CHECKS, *tables.CHECKS, *work.CHECKS):
            look(conn, around.catalog)
        assert conn.execute("SELECT pg_current_xact_id_if_assigned()").fetchone() == (None,)
