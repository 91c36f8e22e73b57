"""`vop migrate` killed at any statement, before it was carried out or after it, is finished by the next run."""

from __future__ import annotations

import pytest

import catalog
from store import migrate as module
from store.database import connect
from store.errors import StoreError
from store.migrate import migrate, schema
from store.migrating.files import Migration
from tests.migration.conftest import Copies
from tests.migration.cutting import Wire
from tests.migration.freeze import rows
from tests.migration.frozen import releases

CATALOG = {"stock_sensor": catalog.load()["stock_sensor"]}
"""One product is as good as four, and shorter."""

STEPPED = """-- One step of every kind; none but the repeated one may be done twice.
-- works with: 0001
-- step
ALTER TABLE events ADD COLUMN weight int;
CREATE TABLE weighed (seq bigint PRIMARY KEY);
-- step repeated
UPDATE events SET weight = 1 WHERE ctid = ANY (ARRAY(SELECT ctid FROM events WHERE weight IS NULL LIMIT 3));
-- step alone
CREATE INDEX CONCURRENTLY IF NOT EXISTS events_weight ON events (weight);
-- step
INSERT INTO weighed SELECT DISTINCT seq FROM events;
"""


@pytest.fixture
def with_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    known = module.files()
    monkeypatch.setattr(module, "files", lambda: [*known, Migration(known[-1].version + 1, "stepped", STEPPED)])


def statements(url: str) -> int:
    """How many statements a whole run takes."""
    with Wire(url).open() as wire:
        migrate(wire.url, CATALOG)
    return wire.statements


def run_cut(url: str, cut_at: int, *, sent: bool) -> None:
    """A run that ends at its statement `cut_at`."""
    with Wire(url, cut_at, sent=sent).open() as wire, pytest.raises(StoreError):
        migrate(wire.url, CATALOG)


def check_cuts(old_databases: Copies, first: int, stride: int, *, sent: bool) -> None:
    with old_databases.one() as url:
        total = statements(url)
        with connect(url) as conn:
            wanted = schema(conn)
    assert total > 50
    for cut_at in range(first, total + 1, stride):
        with old_databases.one() as url:
            run_cut(url, cut_at, sent=sent)
            migrate(url, CATALOG)
            with connect(url) as conn:
                assert schema(conn) == wanted, f"cut at {cut_at}"
                for table, columns, before in releases()[0].rows():
                    assert rows(conn, table, columns) == before, f"cut at {cut_at}: {table}"
                assert conn.execute("SELECT count(*) FROM events WHERE weight IS DISTINCT FROM 1").fetchone() == (0,)
                assert conn.execute("SELECT count(*) FROM weighed").fetchone() == (2,)


@pytest.mark.parametrize(("first", "sent"), [(5, False), (12, True)])
def test_an_upgrade_cut_at_a_statement_is_finished_by_the_next(
    old_databases: Copies, with_steps: None, first: int, sent: bool
) -> None:
    check_cuts(old_databases, first, 28, sent=sent)


@pytest.mark.slow
@pytest.mark.timeout(1_200)
@pytest.mark.parametrize("sent", [False, True])
def test_an_upgrade_cut_at_any_statement_is_finished_by_the_next(
    old_databases: Copies, with_steps: None, sent: bool
) -> None:
    check_cuts(old_databases, 1, 1, sent=sent)


def test_cut_at_each_of_many_statements_in_turn_it_still_comes_to_its_end(old_database: str, with_steps: None) -> None:
    """Every run gets a few statements further than the one before."""
    for cut_at in range(8, 60, 4):
        with Wire(old_database, cut_at, sent=cut_at % 8 == 0).open() as wire:
            try:
                migrate(wire.url, CATALOG)
            except StoreError:
                continue
    migrate(old_database, CATALOG)
    with connect(old_database) as conn:
        assert conn.execute("SELECT count(*) FROM weighed").fetchone() == (2,)
        assert conn.execute("SELECT count(*) FROM pg_index WHERE NOT indisvalid").fetchone() == (0,)
