"""The audit log: kept in the caller's transaction, never changed, found again."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from store import audit
from store.audit import Entry
from store.database import Connection


def test_an_entry_is_kept_as_it_was_written(conn: Connection) -> None:
    audit.write(
        conn,
        Entry(
            "user:sara", "usage.read", "device", "rv-1", "c-anna", ["clinician"], "denied",
            {"from": "2026-01-01"},
        ),
    )  # fmt: skip
    [record] = audit.listing(conn)
    assert abs(record.at - datetime.now(UTC)) < timedelta(minutes=5)
    assert (record.actor, record.roles, record.action) == ("user:sara", ["clinician"], "usage.read")
    assert (record.object_type, record.object) == ("device", "rv-1")
    assert (record.customer, record.outcome) == ("c-anna", "denied")
    assert record.detail == {"from": "2026-01-01"}


def test_what_was_rolled_back_is_not_in_the_log(conn: Connection) -> None:
    audit.write(conn, Entry("user:sara", "device.read", "device", "rv-1"))
    conn.rollback()
    assert audit.listing(conn) == []


@pytest.mark.parametrize("statement", ["UPDATE audit SET actor = 'x'", "DELETE FROM audit", "TRUNCATE audit"])
def test_nothing_is_ever_changed(conn: Connection, statement: str) -> None:
    audit.write(conn, Entry("user:sara", "device.read", "device", "rv-1"))
    conn.commit()
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        conn.execute(statement.encode())
    conn.rollback()
    assert len(audit.listing(conn)) == 1


@pytest.mark.parametrize("statement", ["UPDATE {} SET actor = 'x'", "DELETE FROM {}"])
def test_nor_in_one_months_partition(conn: Connection, statement: str) -> None:
    audit.write(conn, Entry("user:sara", "device.read", "device", "rv-1"))
    partition = conn.execute("SELECT tableoid::regclass::text FROM audit").fetchone()
    assert partition is not None
    conn.commit()
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        conn.execute(statement.format(partition[0]).encode())


@pytest.fixture
def log(conn: Connection) -> Connection:
    entries = [
        Entry("user:sara", "device.read", "device", "rv-1", "c-anna"),
        Entry("user:omid", "usage.read", "device", "rv-1", "c-anna"),
        Entry("user:omid", "usage.read", "device", "rv-2", "c-babak", outcome="denied"),
        Entry("system:vop-users", "user.create", "user", "omid"),
    ]
    audit.write_all(conn, entries[:2])
    conn.commit()
    audit.write_all(conn, entries[2:])
    conn.commit()
    return conn


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, ["user.create", "usage.read", "usage.read", "device.read"]),
        ({"actor": "user:omid"}, ["usage.read", "usage.read"]),
        ({"customer": "c-anna"}, ["usage.read", "device.read"]),
        ({"object_type": "device", "object_id": "rv-2"}, ["usage.read"]),
        ({"action": "user.create"}, ["user.create"]),
        ({"outcome": "denied"}, ["usage.read"]),
        ({"actor": "user:omid", "customer": "c-babak"}, ["usage.read"]),
        ({"limit": 1}, ["user.create"]),
    ],
)
def test_entries_are_filtered(log: Connection, filters: dict[str, object], expected: list[str]) -> None:
    assert [r.action for r in audit.listing(log, **filters)] == expected  # type: ignore[arg-type]


def test_a_time_is_half_open(log: Connection) -> None:
    newest, *_, oldest = audit.listing(log)
    assert [r.at for r in audit.listing(log, start=newest.at)] == [newest.at] * 2
    assert [r.at for r in audit.listing(log, end=newest.at)] == [oldest.at] * 2


def test_pages_show_each_entry_once(log: Connection) -> None:
    seen: list[audit.Record] = []
    after = None
    while page := audit.listing(log, after=after, limit=1):
        seen += page
        after = (page[-1].at, page[-1].audit_id)
    assert seen == audit.listing(log)
    assert len(seen) == 4
