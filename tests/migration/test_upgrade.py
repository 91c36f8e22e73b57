"""Every release's database, with data in it, becomes this program's: nothing is lost and all of it reads the same."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import catalog
from store import events, gaps, migrate, readings, reported
from store.database import Connection, connect
from store.migrate import schema
from tests.migration.freeze import rows, tell
from tests.migration.frozen import Release, releases
from tests.migration.said import FILL, START_MS

CATALOG = catalog.load()
CHANGELOG = Path(__file__).parents[2] / "CHANGELOG.md"
SINCE = datetime.fromtimestamp(START_MS / 1000, UTC) - timedelta(days=1)
UNTIL = SINCE + timedelta(days=6)

REFUSED = {(2, 25)}
STORED = {(2, 4)}
"""Numbers of what `said.messages` sends that is refused: for good, and beside one that is stored."""

every_release = pytest.mark.parametrize("release", releases(), ids=lambda release: release.folder.name)


@every_release
def test_an_upgraded_database_has_the_schema_of_a_fresh_one(
    release: Release, empty_database: str, database: str
) -> None:
    release.make(empty_database)
    applied = migrate.migrate(empty_database, CATALOG)
    assert applied.migrations == tuple(m.version for m in migrate.files() if m.version > release.schema)
    with connect(empty_database) as upgraded, connect(database) as fresh:
        assert schema(upgraded) == schema(fresh)
        migrate.require_current(upgraded)
        assert storage(upgraded) == storage(fresh)


def storage(conn: Connection) -> list[tuple[Any, ...]]:
    """How telemetry is kept, beside its columns: partition keys, or columnstore and the length of chunks to come."""
    found = conn.execute(
        "SELECT partrelid::regclass::text, pg_get_partkeydef(partrelid) FROM pg_partitioned_table ORDER BY 1"
    ).fetchall()
    if conn.execute("SELECT 1 FROM pg_extension WHERE extname = 'timescaledb'").fetchone():
        found += conn.execute(
            """SELECT hypertable_name, compression_enabled, s.segmentby, s.orderby, d.time_interval
               FROM timescaledb_information.hypertables h
               JOIN timescaledb_information.dimensions d USING (hypertable_schema, hypertable_name)
               LEFT JOIN timescaledb_information.hypertable_columnstore_settings s
                    ON s.hypertable = format('%I', hypertable_name)::regclass ORDER BY 1"""
        ).fetchall()
    return found


@every_release
def test_every_row_is_there_as_it_was(release: Release, empty_database: str) -> None:
    release.make(empty_database)
    migrate.migrate(empty_database, CATALOG)
    with connect(empty_database) as conn:
        for table, columns, before in release.rows():
            assert rows(conn, table, columns) == before, table


@every_release
def test_an_upgraded_database_reads_as_one_that_was_told_the_same_today(
    release: Release, empty_database: str, database: str
) -> None:
    release.make(empty_database)
    migrate.migrate(empty_database, CATALOG)
    with connect(database, autocommit=True) as fresh, connect(empty_database, autocommit=True) as upgraded:
        fresh.execute(FILL)
        tell(fresh, release.messages())
        assert answers(upgraded) == answers(fresh)
        # And goes on: what comes after the upgrade is stored beside it, what comes again is known.
        said = release.messages()
        tell(upgraded, said)
        assert answers(upgraded) == answers(fresh)


def answers(conn: Connection) -> dict[str, Any]:
    """What the platform says about each device."""
    found: dict[str, Any] = {}
    devices = conn.execute("SELECT device, device_id, product FROM devices ORDER BY device").fetchall()
    assert devices
    for device, number, name in devices:
        product = CATALOG[name]
        signals = [signal.key for signal in product.signal]
        found[device] = (
            readings.history(conn, product, number, signals, SINCE, UNTIL, 200),
            readings.history(conn, product, number, signals, SINCE, UNTIL, 100),
            events.listing(conn, number),
            _gaps(gaps.gaps(conn, product, number, SINCE, UNTIL, now=UNTIL)),
            readings.latest(conn, [number]),
            reported.of(conn, number),
        )
    return found


def _gaps(found: gaps.Gaps) -> tuple[Any, ...]:
    """Without the time of a refusal, and with refused numbers as lost: before migration 0004 nobody wrote them down."""
    lost = {(one.boot, number) for one in found.lost for number in range(one.first_seq, (one.last_seq or 0) + 1)}
    refused = {(one.boot, one.seq) for one in found.refused if one.boot is not None}
    return (
        sorted(lost | REFUSED | (refused - STORED)), found.lost_boots, found.refused_count, found.silence,
        found.heard_s, found.reboots, found.clock_count, found.seq_reused,
    )  # fmt: skip


def test_released_migrations_are_never_edited() -> None:
    texts = {f"{m.version:04d}_{m.name}.sql": m.sha256 for m in migrate.files()}
    for release in releases():
        for name, sha256 in release.hashes.items():
            assert texts.get(name) == sha256, f"{name} is part of release {release.folder.name}: write a new migration"


def test_every_release_is_frozen() -> None:
    """A version in the changelog names its schema, and that schema's folder is here."""
    frozen = {release.schema for release in releases()}
    assert min(frozen) == 1
    headings = re.findall(
        r"^## \[(\d+\.\d+\.\d+)\].*\n(.*(?:\n(?!## ).*)*)", CHANGELOG.read_text("utf-8"), re.MULTILINE
    )
    for version, text in headings:
        named = re.search(r"[Ss]chema (\d{4})", text)
        assert named, f"the changelog of {version} does not say its schema (Schema NNNN)"
        assert int(named[1]) in frozen, f"run `python -m tests.migration.freeze` for release {version}"
