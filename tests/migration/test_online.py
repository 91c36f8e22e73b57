"""Migrations beside live traffic: nobody waits long for them, and they wait for nobody's end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import psycopg
import pytest

import catalog
from store import migrate as module
from store.database import connect
from store.errors import NoRoom, Retry, SchemaError
from store.intake import Arrival, Intake
from store.migrate import migrate, require_current
from store.migrating import space
from store.migrating.files import Migration
from tests.integration.store.world import arrival, reading
from tests.waiting import poll

CATALOG = {"robot_vacuum": catalog.load()["robot_vacuum"]}
BESIDE = "-- works with: 0001\n"


def next_one(monkeypatch: pytest.MonkeyPatch, text: str) -> Migration:
    """Make `text` the migration that is missing."""
    known = module.files()
    new = Migration(known[-1].version + 1, "next", text)
    monkeypatch.setattr(module, "files", lambda: [*known, new])
    return new


def value(url: str, query: str) -> object:
    with psycopg.connect(url) as conn:
        row = conn.execute(query.encode()).fetchone()
    return row and row[0]


@contextmanager
def migrating(url: str) -> Iterator[list[str]]:
    """`migrate` in a thread; joined, and its error raised, at the end. Yields what it says."""
    said: list[str] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            migrate(url, CATALOG, progress=said.append)
        except BaseException as error:  # noqa: BLE001 - raised again in the test
            errors.append(error)

    thread = Thread(target=run)
    thread.start()
    try:
        yield said
    finally:
        thread.join(60)
    assert not thread.is_alive()
    if errors:
        raise errors[0]


def test_a_lock_that_is_not_to_be_had_lets_everybody_else_pass(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    next_one(monkeypatch, BESIDE + "ALTER TABLE events ADD COLUMN weight int")
    with psycopg.connect(database) as reader, connect(database, autocommit=True) as other:
        reader.execute("SELECT count(*) FROM events")  # and its transaction stays open
        with migrating(database) as said:
            poll(lambda: [line for line in said if "in use by others" in line], what="the migration giving way")
            # Whoever comes now is let through, though the reader goes on: at the worst, behind the next attempt.
            other.execute("SET statement_timeout = '60 s'")
            other.execute("SELECT count(*) FROM events")
            other.execute("INSERT INTO events VALUES (1, now(), 1, 1, 0, 0, 'stuck', '{}')")
            reader.rollback()
    assert value(database, "SELECT count(*) FROM events WHERE weight IS NULL") == 1


def test_patience_ends_with_the_name_of_who_is_in_the_way(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    next_one(monkeypatch, BESIDE + "ALTER TABLE events ADD COLUMN weight int")
    with psycopg.connect(database, application_name="nightly report") as reader:
        reader.execute("SELECT count(*) FROM events")
        with pytest.raises(Retry, match=r"in use .* nightly report \(pid \d+, for \d+ s\).*run `vop migrate` again"):
            migrate(database, CATALOG, patience_s=0.0)
    assert value(database, "SELECT max(version) FROM schema_migrations") == module.files()[-1].version - 1


def test_intake_goes_on_beside_a_long_backfill(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    next_one(
        monkeypatch,
        BESIDE + "-- step\nALTER TABLE latest ADD COLUMN weight int;\n-- step repeated\n"
        "UPDATE latest SET weight = 1 WHERE device_id = ANY (ARRAY(SELECT device_id FROM latest WHERE weight IS NULL "
        "LIMIT 2));\n-- step alone\nCREATE INDEX CONCURRENTLY IF NOT EXISTS latest_weight ON latest (weight);\n",
    )
    devices = 40
    with connect(database, autocommit=True) as conn:
        conn.execute(
            "INSERT INTO devices (device, product) SELECT 'v' || n, 'robot_vacuum' FROM generate_series(1, %s) n",
            (devices,),
        )
        numbers = [row[0] for row in conn.execute("SELECT device_id FROM devices ORDER BY 1")]
        intake, seq = Intake(catalog.load()), 0

        def batch() -> list[Arrival]:
            return [arrival(number, reading(seq)) for number in numbers]

        intake.write(conn, batch())
        with migrating(database):
            while value(database, "SELECT max(version) FROM schema_migrations") != module.files()[-1].version:
                seq += 1
                assert intake.write(conn, batch()).stored == devices
        assert value(database, "SELECT count(*) FROM latest WHERE weight = 1") == devices
        assert value(database, "SELECT count(*) FROM telemetry_robot_vacuum") == devices * (seq + 1)


def test_a_half_made_index_is_made_again(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    next_one(
        monkeypatch, BESIDE + "-- step alone\nCREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS kinds ON events (kind);\n"
    )
    with psycopg.connect(database, autocommit=True) as conn:
        conn.execute("INSERT INTO events SELECT 1, now(), 1, n, 0, 0, 'stuck', '{}' FROM generate_series(1, 2) n")
        with pytest.raises(Exception, match="contradicts what is stored"):
            migrate(database, CATALOG)  # leaves an invalid index, as a kill would
        assert value(database, "SELECT indisvalid FROM pg_index WHERE indexrelid = 'kinds'::regclass") is False
        conn.execute("DELETE FROM events WHERE seq = 2")
    migrate(database, CATALOG)
    assert value(database, "SELECT indisvalid FROM pg_index WHERE indexrelid = 'kinds'::regclass") is True


def test_a_run_that_waits_for_another_is_not_in_its_way(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """CREATE INDEX CONCURRENTLY waits for every older snapshot: a waiting run must hold none."""
    next_one(monkeypatch, BESIDE + "-- step alone\nCREATE INDEX CONCURRENTLY IF NOT EXISTS kinds ON events (kind);\n")
    with psycopg.connect(database) as writer:
        writer.execute("INSERT INTO events VALUES (1, now(), 1, 1, 0, 0, 'stuck', '{}')")
        with migrating(database) as first:
            poll(lambda: [line for line in first if "step 1 of 1" in line])
            with migrating(database) as second:
                poll(lambda: [line for line in second if "waiting for it" in line])
                writer.commit()
    assert value(database, "SELECT indisvalid FROM pg_index WHERE indexrelid = 'kinds'::regclass") is True


def test_programs_that_a_migration_would_break_are_ended_first(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    new = next_one(monkeypatch, "ALTER TABLE events ADD COLUMN weight int")
    refused = pytest.raises(SchemaError, match=rf"{new.version:04d} next .* vop ingest \(pid \d+\)\. End them")
    with psycopg.connect(database, application_name="vop ingest", autocommit=True), refused:
        migrate(database, CATALOG)
    sessions = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name <> ''"
    poll(lambda: value(database, sessions), until=lambda left: left == 0, what="the end of the session")
    assert migrate(database, CATALOG).migrations == (new.version,)


def test_programs_that_go_together_with_a_newer_schema_start(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as newer, psycopg.connect(database, application_name="vop ingest", autocommit=True):
        new = next_one(newer, BESIDE + "ALTER TABLE events ADD COLUMN weight int")
        assert migrate(database, CATALOG).migrations == (new.version,)
    with connect(database) as conn:
        require_current(conn)  # by the program that does not know it
        with pytest.raises(SchemaError, match="newer release"):
            migrate(database, CATALOG)
        conn.execute("UPDATE schema_migrations SET works_with = version WHERE version = %s", (new.version,))
        with pytest.raises(SchemaError, match=rf"does not go together with {new.version:04d}; upgrade the program"):
            require_current(conn)


def test_a_migration_begun_with_another_text_is_refused(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text = BESIDE + "-- step\nCREATE TABLE made ();\n-- step\nSELECT no_such_function();\n"
    with monkeypatch.context() as broken:
        new = next_one(broken, text)
        with pytest.raises(SchemaError):
            migrate(database, CATALOG)
    assert value(database, f"SELECT count(*) FROM schema_migration_steps WHERE version = {new.version}") == 1
    with monkeypatch.context() as edited:
        next_one(edited, text.replace("no_such_function()", "1"))
        with pytest.raises(SchemaError, match="begun with another text"):
            migrate(database, CATALOG)


def test_a_disk_too_full_is_told_before_anything_is_done(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    next_one(monkeypatch, "-- space: SELECT 1000000000000000\nCREATE TABLE made ();")
    with connect(database) as conn:
        directory = space.local_data_directory(conn)
    said: list[str] = []
    if directory is None:
        pytest.skip("the server's data directory is not on this machine")
    with pytest.raises(NoRoom, match=r"needs about 1,00\d,\d{3},\d{3} MB .* MB are free under /"):
        migrate(database, CATALOG, progress=said.append)
    assert value(database, "SELECT to_regclass('made')") is None
    # Where the disk cannot be looked at, the need is told and a person decides.
    monkeypatch.setattr(space, "local_data_directory", lambda _conn: None)
    migrate(database, CATALOG, progress=said.append)
    assert any("which cannot be looked at from here" in line for line in said)
    assert value(database, "SELECT to_regclass('made')") == "made"
