"""Migrations: applied once, finished by the next run whatever ended the last, and refused when they do not fit."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Barrier, Thread

import psycopg
import pytest

import catalog
from catalog.model import Product
from store import migrate as module
from store.database import connect
from store.errors import SchemaError, Unavailable
from store.migrate import Applied, migrate, require_current, schema
from store.migrating.files import Migration
from store.product_tables import TableOptions

CATALOG = catalog.load()
VACUUM = CATALOG["robot_vacuum"]

RUN = """
import sys
import catalog
from store.migrate import migrate
migrate(sys.argv[1], catalog.load(), progress=lambda step: print(step, flush=True))
"""


def lines(url: str) -> list[str]:
    with connect(url) as conn:
        return sorted(schema(conn))


def with_signals(*changes: dict[str, object]) -> dict[str, Product]:
    """The catalogue whose vacuum has these signals changed, or added when their key is new."""
    signals = {s.key: s for s in VACUUM.signal}
    for change in changes:
        key = str(change["key"])
        signals[key] = signals.get(key, VACUUM.signal[0]).model_copy(update=change)
    changed = VACUUM.model_copy(update={"signal": tuple(signals.values()), "version": VACUUM.version + 1})
    return dict(CATALOG) | {VACUUM.key: changed}


@contextmanager
def running(url: str) -> Iterator[subprocess.Popen[str]]:
    """`migrate` as a process of its own that says each step before it takes it."""
    process = subprocess.Popen([sys.executable, "-c", RUN, url], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield process
    finally:
        process.kill()
        process.wait(30)
        process.stdout.close()


def test_a_run_killed_before_any_step_is_finished_by_the_next(database: str, empty_database: str) -> None:
    taken = 0
    while True:
        with running(empty_database) as process:
            assert process.stdout is not None
            for _ in range(taken + 1):
                step = process.stdout.readline()
        if not step:
            break
        taken += 1
    # One that was never killed has said all its steps and made the whole schema.
    assert taken >= len(CATALOG)
    assert lines(empty_database) == lines(database)


def test_runs_killed_at_random_moments_are_finished_by_the_next(database: str, empty_database: str) -> None:
    noise = random.Random(7)
    for _ in range(4):
        with running(empty_database) as process:
            assert process.stdout is not None
            process.stdout.readline()
            try:
                process.wait(noise.uniform(0, 0.15))
            except subprocess.TimeoutExpired:
                process.kill()
    migrate(empty_database, CATALOG)
    assert lines(empty_database) == lines(database)
    with connect(empty_database) as conn:
        require_current(conn)


def test_a_second_run_changes_nothing(database: str) -> None:
    before = lines(database)
    steps: list[str] = []
    applied = migrate(database, CATALOG, progress=steps.append)
    assert applied == Applied((), tuple(CATALOG), module.files()[-1].version)
    assert not any(step.startswith("migration") for step in steps)
    assert lines(database) == before


def test_several_at_once_make_one_schema(database: str, empty_database: str) -> None:
    barrier = Barrier(3)
    done: list[Applied] = []
    errors: list[BaseException] = []

    def run() -> None:
        barrier.wait(30)
        try:
            done.append(migrate(empty_database, CATALOG))
        except BaseException as error:  # noqa: BLE001 - the test's own thread shall see it
            errors.append(error)

    threads = [Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(100)
    assert not errors
    assert sorted(len(one.migrations) for one in done) == [0, 0, len(module.files())]
    assert lines(empty_database) == lines(database)


def test_a_failed_run_leaves_the_lock_to_others(empty_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = [*module.files(), Migration(9999, "broken", "CREATE TABLE half (); SELECT no_such_function()")]
    with monkeypatch.context() as patched:
        patched.setattr(module, "files", lambda: broken)
        with pytest.raises(SchemaError):
            migrate(empty_database, CATALOG)
    with psycopg.connect(empty_database) as conn:
        assert conn.execute("SELECT to_regclass('half')").fetchone() == (None,)
    assert migrate(empty_database, CATALOG).migrations == ()


def test_a_newer_schema_is_refused_and_left_alone(database: str) -> None:
    with psycopg.connect(database) as conn:
        conn.execute("INSERT INTO schema_migrations (version, name, sha256) VALUES (9001, 'future', '')")
    before = lines(database)
    with pytest.raises(SchemaError, match=r"migration 9001.*newer release"):
        migrate(database, with_signals({"key": "from_the_past_a"}))
    assert lines(database) == before
    with connect(database) as conn, pytest.raises(SchemaError, match="upgrade the program"):
        require_current(conn)


def test_an_edited_migration_is_refused_and_nothing_is_changed(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    first, *rest = module.files()
    edited = Migration(first.version, first.name, first.sql + "\n-- a word more")
    monkeypatch.setattr(module, "files", lambda: [edited, *rest])
    before = lines(database)
    with pytest.raises(SchemaError, match=rf"{first.version:04d} {first.name} was edited"):
        migrate(database, with_signals({"key": "other_a"}))
    assert lines(database) == before


@pytest.mark.parametrize("change", [{"type": "float64"}, {"unit": "1"}, {"type": "text"}])
def test_a_signal_that_changes_its_meaning_is_refused(database: str, change: dict[str, object]) -> None:
    before = lines(database)
    with pytest.raises(SchemaError, match=r"battery_pct was float32 in '%' and is now .* new key"):
        migrate(database, with_signals({"key": "battery_pct"} | change, {"key": "added_a"}))
    assert lines(database) == before


def test_a_new_signal_is_a_new_column_beside_what_is_stored(database: str) -> None:
    with psycopg.connect(database) as conn:
        conn.execute(
            """INSERT INTO telemetry_robot_vacuum (device_id, ts, boot, seq, lag_ms, quality, battery_pct)
               VALUES (1, now(), 1, 1, 0, 0, 50)"""
        )
    before = lines(database)
    migrate(database, with_signals({"key": "dust_level_pct", "type": "float64"}, {"key": "remark", "type": "text"}))
    assert set(lines(database)) - set(before) == {
        "telemetry_robot_vacuum.dust_level_pct double precision",
        "telemetry_robot_vacuum.remark text",
    }
    with psycopg.connect(database) as conn:
        rows = conn.execute("SELECT battery_pct, dust_level_pct, remark FROM telemetry_robot_vacuum").fetchall()
        assert rows == [(50.0, None, None)]
        version = conn.execute("SELECT version FROM products WHERE product = 'robot_vacuum'").fetchone()
    assert version == (VACUUM.version + 1,)


def test_a_signal_no_longer_declared_keeps_its_column_and_its_meaning(database: str) -> None:
    before = lines(database)
    fewer = VACUUM.model_copy(update={"signal": tuple(s for s in VACUUM.signal if s.key != "battery_pct")})
    migrate(database, dict(CATALOG) | {VACUUM.key: fewer})
    assert lines(database) == before
    with pytest.raises(SchemaError, match="battery_pct was float32"):
        migrate(database, with_signals({"key": "battery_pct", "unit": "V"}))


def test_what_a_product_declares_is_remembered(database: str) -> None:
    with psycopg.connect(database) as conn:
        found = {(p, k): (t, u) for p, k, t, u in conn.execute("SELECT product, key, type, unit FROM product_signals")}
    assert found == {(p.key, s.key): (s.type, s.unit) for p in CATALOG.values() for s in p.signal}


def test_checking_the_schema_writes_nothing(database: str, empty_database: str) -> None:
    for url in (database, empty_database):
        with connect(url) as conn:
            conn.read_only = True
            if url == database:
                require_current(conn)
            else:
                with pytest.raises(SchemaError, match="no schema yet; run `vop migrate`"):
                    require_current(conn)
            assert conn.execute("SELECT pg_current_xact_id_if_assigned()").fetchone() == (None,)


def test_a_schema_that_lacks_a_migration_is_told(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    known = module.files()
    monkeypatch.setattr(module, "files", lambda: [*known, Migration(9000, "next", "")])
    with connect(database) as conn, pytest.raises(SchemaError, match="needs 9000; run `vop migrate`"):
        require_current(conn)


def test_an_absent_database_is_told() -> None:
    with pytest.raises(Unavailable):
        migrate("postgresql://nobody@127.0.0.1:1/none", CATALOG)


def test_every_product_table_takes_a_row_of_any_usable_time(database: str) -> None:
    """From the beginning of retention to the day after tomorrow, without the intake's own looking after it."""
    with psycopg.connect(database) as conn:
        for product in CATALOG.values():
            for seq, age in enumerate([f"{TableOptions().raw_days} days", "0 days", "-2 days"]):
                conn.execute(
                    f"""INSERT INTO {product.table} (device_id, ts, boot, seq, lag_ms, quality)
                        VALUES (1, now() - %s::interval, 1, %s, 0, 0)""".encode(),
                    (age, seq),
                )


def test_files_are_numbered_without_gaps() -> None:
    assert [m.version for m in module.files()] == list(range(1, len(module.files()) + 1))
    folder = Path(module.__file__).parent / "migrations"
    assert {p.name for p in folder.glob("*.sql")} == {f"{m.version:04d}_{m.name}.sql" for m in module.files()}
