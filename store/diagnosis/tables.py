"""Schema and tables: current, partitioned ahead, indexed, vacuumed, and open to those who need them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from catalog.model import Product
from store import migrate
from store.database import Connection
from store.diagnosis.finding import Finding, fail, ok, warn
from store.errors import SchemaError
from store.health import rights, tables
from store.health import server as server_facts

PARTITIONS_WARN: Final = timedelta(days=31)
PARTITIONS_FAIL: Final = timedelta(days=2)
"""A device's time may be 24 h ahead."""
CHUNKS_WARN: Final = 150
"""Planning a chart over 365 chunks takes 32 ms (measured)."""
DEAD_ROWS: Final = 100_000
DEAD_SHARE: Final = 0.4
SHOWN: Final = 5


def current(conn: Connection, _catalog: Mapping[str, Product]) -> Finding:
    """Does this program go together with the schema?"""
    name = "schema.current"
    try:
        migrate.require_current(conn)
    except SchemaError as error:
        return fail(name, str(error), "do what it says, then look again: services refuse to start until then")
    return ok(name, f"the schema is at migration {migrate.files()[-1].version:04d} or one that goes together with it")


def products(conn: Connection, catalog: Mapping[str, Product]) -> Finding:
    """Has every signal of the catalogue its column?"""
    name, missing = "schema.products", tables.undeclared(conn, catalog)
    if missing:
        return fail(
            name,
            f"the catalogue declares what the database does not have: {_listed(missing)}",
            "run `vop migrate`; ingest stops at the first message that needs it",
        )
    return ok(name, f"the {len(catalog)} products of the catalogue have their tables and columns")


def partitions(conn: Connection, catalog: Mapping[str, Product]) -> Finding:
    """Are the coming months provided for, or do chunks make themselves?"""
    name = "schema.partitions"
    names = [*(product.table for product in catalog.values()), "audit"]
    found = tables.partitions_ahead(conn, names)
    now = datetime.now(UTC)
    ends = {one.table: one.until or datetime.min.replace(tzinfo=UTC) for one in found}
    short = sorted(table for table, until in ends.items() if until < now + PARTITIONS_WARN)
    if not short:
        return ok(name, f"partitions reach to {min(ends.values()):%Y-%m-%d}" if ends else "no table needs partitions")
    first = min(ends[table] for table in short)
    words = f"partitions of {_listed(short)} " + (f"end at {first:%Y-%m-%d}" if first.year > 1 else "are missing")
    do = "run `vop migrate` or the relay's jobs `partitions` (`vop relay run partitions`), and see why they had not run"
    return (fail if any(ends[t] < now + PARTITIONS_FAIL for t in short) else warn)(name, words, do)


def chunks(conn: Connection, _catalog: Mapping[str, Product]) -> Finding:
    """Is the chunk interval one that charts can bear, and does the columnstore work?"""
    name, found = "schema.chunks", server_facts.server(conn)
    if found.timescaledb is None:
        return ok(name, "plain PostgreSQL has no chunks")
    hypertables = tables.hypertables(conn)
    failing = [one.table for one in hypertables if one.policy_failures]
    if failing:
        return warn(
            name,
            f"the columnstore job of {_listed(failing)} failed when it ran last: telemetry stays uncompressed",
            "timescaledb_information.job_errors says why",
        )
    many = [one for one in hypertables if one.chunks > CHUNKS_WARN]
    if many:
        first = max(many, key=lambda one: one.chunks)
        return warn(
            name,
            f"{first.table} has {first.chunks} chunks of {first.chunk_days:g} days, and planning looks at each",
            f"SELECT set_chunk_time_interval('{first.table}', INTERVAL '30 days'): it counts for new chunks",
        )
    plain = [one.table for one in hypertables if not one.columnstore]
    if plain and found.licence != "apache":
        return warn(
            name,
            f"{_listed(plain)} has no columnstore and takes several times the disk",
            "enable it as docs/store.md says, if that was not meant",
        )
    return ok(name, f"{len(hypertables)} hypertables, {sum(one.chunks for one in hypertables)} chunks")


def indexes(conn: Connection, _catalog: Mapping[str, Product]) -> Finding:
    """Was an index left half made?"""
    name, found = "schema.indexes", tables.half_made_indexes(conn)
    if found:
        return warn(
            name,
            f"{_listed(found)} was never finished: it costs every write and serves no query",
            "run `vop migrate`, which makes its own anew; others are dropped by hand",
        )
    return ok(name, "every index is whole")


def vacuum(conn: Connection, _catalog: Mapping[str, Product]) -> Finding:
    """Does autovacuum keep up?"""
    name, found = "schema.vacuum", tables.bloated(conn, least=DEAD_ROWS, share=DEAD_SHARE)
    if found:
        worst = found[0]
        seen = f"{worst.vacuumed_at:%Y-%m-%d %H:%M}Z" if worst.vacuumed_at else "never"
        return warn(
            name,
            f"{worst.table} has {worst.dead:,} dead rows beside {worst.live:,} live ones (vacuumed last: {seen})",
            "end transactions that are open for long, then run VACUUM on it; raise autovacuum_max_workers if it recurs",
        )
    return ok(name, "no table is full of dead rows")


def allowed(conn: Connection, catalog: Mapping[str, Product]) -> Finding:
    """May the services' roles do what they must, and no more?"""
    name = "schema.rights"
    missing = rights.lacking(conn, [product.table for product in catalog.values()])
    if missing:
        return fail(
            name,
            f"rights are missing: {_listed(missing)}",
            "run `vop migrate` as the owner of the tables: it gives all rights anew",
        )
    excessive = rights.excessive(conn)
    if excessive:
        return warn(
            name,
            f"more is allowed than is needed: {_listed(excessive)}",
            "run `vop migrate` as the owner; ALTER ROLE ... NOSUPERUSER",
        )
    return ok(name, "the services' roles, where there are any, may do what they need")


def _listed(names: list[str]) -> str:
    more = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {more} more" if more > 0 else "")


CHECKS: Final[tuple[tuple[str, Callable[[Connection, Mapping[str, Product]], Finding]], ...]] = (
    ("schema.products", products),
    ("schema.partitions", partitions),
    ("schema.chunks", chunks),
    ("schema.indexes", indexes),
    ("schema.vacuum", vacuum),
    ("schema.rights", allowed),
)
"""After `current`, and only if the schema is there."""
