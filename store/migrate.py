"""Bring a database to this program's schema: migrations once, product tables and views every time.

Each migration file runs in a transaction of its own together with the row that records it, so a run killed at any
point is finished by the next. An advisory lock keeps two runs apart.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import resources

from psycopg import sql

from catalog.model import Product
from store import partitions, product_tables
from store.database import Connection, connect
from store.errors import SchemaError, translated
from store.product_tables import TableOptions

LOCK = 0x766F7001
"""Advisory lock held while migrating ("vop", 1)."""

_FILE = re.compile(r"^(\d{4})_([a-z0-9_]+)\.sql$")


@dataclass(frozen=True, slots=True)
class Migration:
    """One file of `store/migrations`."""

    version: int
    name: str
    sql: str

    @property
    def sha256(self) -> str:
        """Of its text, in hex: an applied file may never change."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Applied:
    """What one run did."""

    migrations: tuple[int, ...]
    products: tuple[str, ...]
    version: int


def files() -> list[Migration]:
    """All migrations this program knows, in order."""
    found = []
    for entry in resources.files("store").joinpath("migrations").iterdir():
        match = _FILE.match(entry.name)
        if match:
            found.append(Migration(int(match[1]), match[2], entry.read_text("utf-8")))
    return sorted(found, key=lambda m: m.version)


def views() -> list[tuple[str, str]]:
    """Names and texts of the view files, in order of name."""
    folder = resources.files("store").joinpath("views")
    if not folder.is_dir():
        return []
    return sorted((e.name, e.read_text("utf-8")) for e in folder.iterdir() if e.name.endswith(".sql"))


def migrate(
    url: str,
    catalog: Mapping[str, Product],
    *,
    options: TableOptions | None = None,
    progress: Callable[[str], None] = lambda _step: None,
) -> Applied:
    """Apply what is missing. Safe to call at any time and from several processes.

    Raises `SchemaError` when the database is newer than this program, when an applied migration was edited, or when
    the catalogue contradicts stored columns; `Unavailable` when the database is away.
    """
    options = options or TableOptions()
    with translated(), connect(url, application="vop migrate") as conn, _alone(conn):
        _timescaledb_if_offered(conn)
        known = files()
        pending = _pending(conn, known)
        for migration in pending:
            progress(f"migration {migration.version:04d} {migration.name}")
            with conn.transaction():
                conn.execute(migration.sql.encode())
                conn.execute(
                    "INSERT INTO schema_migrations (version, name, sha256) VALUES (%s, %s, %s)",
                    (migration.version, migration.name, migration.sha256),
                )
        for product in catalog.values():
            progress(f"product {product.key}")
            with conn.transaction():
                product_tables.apply(conn, product, options)
        with conn.transaction():
            partitions.ensure_audit(conn)
            for name, text in views():
                progress(f"view {name}")
                conn.execute(text.encode())
        return Applied(tuple(m.version for m in pending), tuple(catalog), known[-1].version if known else 0)


@contextmanager
def _alone(conn: Connection) -> Iterator[None]:
    conn.autocommit = True
    conn.execute("SELECT pg_advisory_lock(%s)", (LOCK,))
    try:
        yield
    finally:
        if not conn.closed:
            conn.execute("SELECT pg_advisory_unlock(%s)", (LOCK,))


def _timescaledb_if_offered(conn: Connection) -> None:
    """Install the extension where the server both ships and preloads it."""
    shipped = conn.execute(
        "SELECT 1 FROM pg_available_extensions WHERE name = 'timescaledb' AND installed_version IS NULL"
    ).fetchone()
    if not shipped:
        return
    # Asked of the view: the setting itself raises for whoever may not see it, the view leaves it out.
    preloaded = conn.execute("SELECT setting FROM pg_settings WHERE name = 'shared_preload_libraries'").fetchone()
    if preloaded is None:
        raise SchemaError(
            "the server ships TimescaleDB and this user may not see whether it is preloaded: let a superuser run "
            "CREATE EXTENSION timescaledb in this database, or GRANT pg_read_all_settings to this user. "
            "Nothing was changed."
        )
    if "timescaledb" in preloaded[0]:
        conn.execute("CREATE EXTENSION IF NOT EXISTS timescaledb")


def _pending(conn: Connection, known: Iterable[Migration]) -> list[Migration]:
    conn.execute(
        """CREATE TABLE IF NOT EXISTS schema_migrations (
               version int PRIMARY KEY, name text NOT NULL, sha256 text NOT NULL,
               applied_at timestamptz NOT NULL DEFAULT now())"""
    )
    applied = {v: (n, h) for v, n, h in conn.execute("SELECT version, name, sha256 FROM schema_migrations")}
    by_version = {m.version: m for m in known}
    newer = sorted(set(applied) - set(by_version))
    if newer:
        raise SchemaError(
            f"the database has migration {newer[-1]:04d}, which this program does not know: it was made by a newer "
            "release. Upgrade the program; nothing was changed."
        )
    for version, (name, sha256) in applied.items():
        if by_version[version].sha256 != sha256:
            raise SchemaError(
                f"migration {version:04d} {name} was edited after it had been applied; restore the file. "
                "Nothing was changed."
            )
    return [m for m in by_version.values() if m.version not in applied]


def require_current(conn: Connection) -> None:
    """Raise `SchemaError` unless the database is at exactly this program's schema. Called when a service starts."""
    expected = [m.version for m in files()]
    with translated():
        exists = conn.execute("SELECT to_regclass('schema_migrations')").fetchone()
        if exists == (None,):
            raise SchemaError("the database has no schema yet; run `vop migrate`")
        found = [row[0] for row in conn.execute("SELECT version FROM schema_migrations ORDER BY version")]
    if found != expected:
        latest = expected[-1] if expected else 0
        raise SchemaError(
            f"the database is at migration {found[-1] if found else 0:04d}, this program needs {latest:04d}; "
            + ("upgrade the program" if found and found[-1] > latest else "run `vop migrate`")
        )


def schema(conn: Connection) -> list[str]:
    """Every column, constraint and index as one line each: what two schemas are compared by.

    A domain is named by what it is of: `real` has another name on hypertables made since the columnstore packs it.
    """
    query = sql.SQL(
        """SELECT format('%s.%s %s%s', c.relname, a.attname,
                         format_type(coalesce(nullif(t.typbasetype, 0), t.oid), a.atttypmod),
                         CASE WHEN a.attnotnull THEN ' not null' ELSE '' END)
           FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_type t ON t.oid = a.atttypid
           WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v')
             AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped
           UNION ALL
           SELECT format('%s %s', conrelid::regclass, pg_get_constraintdef(o.oid)) FROM pg_constraint o
           JOIN pg_class c ON c.oid = o.conrelid
           WHERE o.connamespace = 'public'::regnamespace AND NOT c.relispartition AND o.contype <> 'n'
           UNION ALL
           SELECT indexdef FROM pg_indexes i JOIN pg_class c ON c.relname = i.indexname
           WHERE i.schemaname = 'public' AND NOT c.relispartition ORDER BY 1"""
    )
    return [row[0] for row in conn.execute(query)]
