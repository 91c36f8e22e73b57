"""The database server: version, extension, durability, clock, connections, transactions."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Final

from catalog.model import Product
from store.database import Connection
from store.diagnosis.finding import Finding, fail, ok, warn
from store.health import server as facts

OLDEST: Final = 150_000
LAST_TRIED: Final = 180_000
TIMESCALEDB: Final = (2, 29, 2)
CLOCK_WARN_S: Final = 2.0
CLOCK_FAIL_S: Final = 60.0
"""A device's time is usable up to 24 h ahead of arrival; people compare times much sooner."""
CONNECTIONS_WARN: Final = 0.8
CONNECTIONS_FAIL: Final = 0.95
TRANSACTION_WARN_S: Final = 300.0
TRANSACTION_FAIL_S: Final = 3_600.0
FROZEN_WARN: Final = 1_000_000_000
FROZEN_FAIL: Final = 1_800_000_000


def version(conn: Connection, _catalog: Mapping[str, Product]) -> Finding:
    """Is PostgreSQL one that we run on, and the primary?"""
    name, found = "database.version", facts.server(conn)
    if found.standby:
        return fail(name, "the database is a standby, which cannot be written to", "connect to the primary")
    if found.version < OLDEST:
        return fail(
            name,
            f"PostgreSQL {found.version_text} is older than 15, the oldest that is supported",
            "upgrade it with pg_upgrade or a dump",
        )
    if found.version // 10_000 > LAST_TRIED // 10_000:
        return warn(
            name,
            f"PostgreSQL {found.version_text} is newer than 18, the newest that was tried",
            "try it on a copy first, or wait for a release that names it",
        )
    return ok(name, f"PostgreSQL {found.version_text}, the primary")


def timescaledb(conn: Connection, _catalog: Mapping[str, Product]) -> Finding:
    """Is TimescaleDB there where it could be, preloaded, new enough and with the columnstore?"""
    name, found = "database.timescaledb", facts.server(conn)
    preloaded = "timescaledb" in (found.preloaded or "")
    if found.timescaledb is None:
        if found.timescaledb_shipped is None:
            return ok(name, "plain PostgreSQL: telemetry is partitioned by month, without a columnstore")
        if found.preloaded is not None and not preloaded:
            return warn(
                name,
                f"the server ships TimescaleDB {found.timescaledb_shipped} and does not preload it",
                "before there is telemetry, set shared_preload_libraries = 'timescaledb', restart PostgreSQL and run "
                "`vop migrate`; tables that are there already stay as they are",
            )
        return warn(
            name,
            f"the server ships TimescaleDB {found.timescaledb_shipped} and it is not installed in this database",
            "before there is telemetry, run CREATE EXTENSION timescaledb as a superuser, then `vop migrate`",
        )
    if found.preloaded is not None and not preloaded:
        return fail(
            name,
            "TimescaleDB is installed in this database and the server does not preload it",
            "set shared_preload_libraries = 'timescaledb' and restart PostgreSQL",
        )
    if _numbers(found.timescaledb) < TIMESCALEDB:
        wanted = ".".join(map(str, TIMESCALEDB))
        return warn(
            name,
            f"TimescaleDB {found.timescaledb} is older than {wanted}",
            "install that, then run ALTER EXTENSION timescaledb UPDATE as a superuser, first thing in a session",
        )
    if found.licence == "apache":
        return warn(
            name,
            f"TimescaleDB {found.timescaledb} runs under the Apache licence, without columnstore: telemetry "
            "takes several times the disk",
            "set timescaledb.license = 'timescale' if its terms suit you, before telemetry is made",
        )
    return ok(name, f"TimescaleDB {found.timescaledb}")


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.partition("-")[0].split(".") if part.isdigit())


def durability(conn: Connection, _catalog: Mapping[str, Product]) -> Finding:
    """Does a commit survive a power cut? What is acknowledged rests on it."""
    name, found = "database.durability", facts.server(conn)
    off = [setting for setting in ("fsync", "full_page_writes") if getattr(found, setting) is False]
    if found.synchronous_commit == "off":
        off.append("synchronous_commit")
    if off:
        return fail(
            name,
            f"{' and '.join(off)} of the database is off: what was acknowledged to devices does not survive a "
            "power cut",
            f"set {' and '.join(f'{setting} = on' for setting in off)} in postgresql.conf and reload",
        )
    return ok(name, "a commit survives a power cut, as far as the disk keeps its word")


def clock(conn: Connection, _catalog: Mapping[str, Product]) -> Finding:
    """Do the database and this machine have the same time?"""
    name = "database.clock"
    facts.now(conn)  # the first question of a connection is slower than the next
    sent = time.time()
    theirs = facts.now(conn).timestamp()
    middle = (sent + time.time()) / 2
    skew = theirs - middle
    if abs(skew) < CLOCK_WARN_S:
        return ok(name, f"the database's clock and this machine's are within {CLOCK_WARN_S:g} s")
    words = f"the database's clock is {abs(skew):,.1f} s {'ahead of' if skew > 0 else 'behind'} this machine's"
    do = "have both follow a time server (timedatectl, chrony): arrival times and lags are wrong until then"
    return (fail if abs(skew) > CLOCK_FAIL_S else warn)(name, words, do)


def connections(conn: Connection, _catalog: Mapping[str, Product]) -> Finding:
    """Is there room for another session?"""
    name, found, used = "database.connections", facts.server(conn), facts.activity(conn).connections
    usable = found.max_connections - found.reserved_connections
    words = f"{used} of {usable} connections are in use"
    if used < CONNECTIONS_WARN * usable:
        return ok(name, words)
    do = "raise max_connections (needs a restart), or end those in pg_stat_activity that nobody needs"
    return (fail if used >= CONNECTIONS_FAIL * usable else warn)(name, words, do)


def transactions(conn: Connection, _catalog: Mapping[str, Product]) -> Finding:
    """Does somebody keep a transaction open that VACUUM, migrations or others wait for?"""
    name, oldest = "database.transactions", facts.activity(conn).oldest
    if oldest is None or (oldest.age_s < TRANSACTION_WARN_S and not oldest.blocks):
        return ok(name, "no transaction is open for long")
    words = f"{oldest.application} (pid {oldest.pid}) has a transaction open for {_span(oldest.age_s)}"
    words += " and does nothing in it" if oldest.idle else ""
    words += f"; {oldest.blocks} sessions wait for it" if oldest.blocks else ""
    if oldest.age_s < TRANSACTION_WARN_S:
        return ok(name, words)
    do = f"look at it and, if nobody needs it, SELECT pg_terminate_backend({oldest.pid}): nothing can be vacuumed, and "
    do += "migrations may have to wait, until it ends"
    return (fail if oldest.blocks or oldest.age_s > TRANSACTION_FAIL_S else warn)(name, words, do)


def freezing(conn: Connection, _catalog: Mapping[str, Product]) -> Finding:
    """Does autovacuum run, and keep up with transaction numbers?"""
    name, age = "database.autovacuum", facts.activity(conn).xid_age
    if facts.server(conn).autovacuum is False:
        return warn(
            name,
            "autovacuum is off: tables grow, plans go wrong, and in the end the server stops writing",
            "set autovacuum = on in postgresql.conf and reload",
        )
    if age > FROZEN_WARN:
        words = (
            f"the oldest row that is not frozen is {age:,} transactions old; at 2,147,000,000 nothing can be written"
        )
        do = "run VACUUM (FREEZE) in this database, and end transactions that are open for long"
        return (fail if age > FROZEN_FAIL else warn)(name, words, do)
    return ok(name, "autovacuum is on")


def _span(seconds: float) -> str:
    """As a person says it."""
    for size, word in ((86_400, "days"), (3_600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {word}"
    return f"{seconds:.0f} s"


CHECKS: Final[tuple[tuple[str, Callable[[Connection, Mapping[str, Product]], Finding]], ...]] = (
    ("database.version", version),
    ("database.timescaledb", timescaledb),
    ("database.durability", durability),
    ("database.clock", clock),
    ("database.connections", connections),
    ("database.transactions", transactions),
    ("database.autovacuum", freezing),
)
