"""Bring a database to this program's schema: migrations once, product tables and views every time.

What is done is recorded with it, so a run killed at any point is finished by the next. Devices and people go on
meanwhile: no lock is waited for longer than they can bear (store.migrating.locking), and what takes long is done in
steps (store.migrating.files). An advisory lock keeps two runs apart.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from importlib import resources

from psycopg import sql

from catalog.model import Product
from store import faults, partitions, product_tables, rollups
from store.database import Connection, connect
from store.errors import SchemaError, translated
from store.migrating import running, space
from store.migrating.files import Migration
from store.migrating.locking import PATIENCE_S, Say, alone, patiently
from store.product_tables import TableOptions

LOCK = 0x766F7001
"""Advisory lock held while migrating ("vop", 1)."""

_FILE = re.compile(r"^(\d{4})_([a-z0-9_]+)\.sql$")
_SERVICES = ("vop ingest", "vop api", "vop relay")
"""How the sessions of programs that write begin their names."""


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
    progress: Say = lambda _step: None,
    patience_s: float = PATIENCE_S,
) -> Applied:
    """Apply what is missing. Safe to call at any time and from several processes.

    Raises `SchemaError` when the database is newer than this program, when an applied migration was edited, when
    programs that it would break are at work, or when the catalogue contradicts stored columns; `Retry` when others hold
    what it needs for longer than `patience_s`; `NoRoom` when the disk is too full; `Unavailable` when the database is
    away.
    """
    options = options or TableOptions()
    with translated(), connect(url, application="vop migrate", autocommit=True) as conn, alone(conn, LOCK, progress):
        _timescaledb_if_offered(conn)
        known = files()
        patiently(conn, "the list of migrations", lambda: running.prepare(conn), progress, patience_s)
        pending = _pending(conn, known)
        if len(pending) < len(known):
            _refuse_what_would_break(conn, pending, _at(known, pending))
        for migration in pending:
            progress(f"migration {migration.title}")
            space.require(conn, migration, progress)
            running.carry_out(conn, migration, progress, patience_s)
        for product in catalog.values():
            what = f"product {product.key}"
            progress(what)
            patiently(conn, what, _product(conn, product, options), progress, patience_s)
            patiently(conn, what, partial(faults.declare, conn, product), progress, patience_s)
        faults.fill(conn, progress, patience_s)
        patiently(conn, "views", lambda: _views(conn, progress), progress, patience_s)
        return Applied(tuple(m.version for m in pending), tuple(catalog), known[-1].version if known else 0)


def _product(conn: Connection, product: Product, options: TableOptions) -> Callable[[], None]:
    def work() -> None:
        rollups.redeclare(conn, product)
        product_tables.apply(conn, product, options)

    return work


def _views(conn: Connection, progress: Say) -> None:
    partitions.ensure_audit(conn)
    for name, text in views():
        progress(f"view {name}")
        conn.execute(text.encode())


def _at(known: Iterable[Migration], pending: Iterable[Migration]) -> int:
    """The schema that the programs now running know: the last one before what is missing."""
    missing = {m.version for m in pending}
    return max((m.version for m in known if m.version not in missing), default=0)


def _refuse_what_would_break(conn: Connection, pending: Iterable[Migration], at: int) -> None:
    breaking = [m for m in pending if m.works_with is None or m.works_with > at]
    if not breaking:
        return
    rows = conn.execute(
        """SELECT format('%%s (pid %%s)', application_name, pid) FROM pg_stat_activity
           WHERE datname = current_database() AND application_name LIKE ANY (%s) ORDER BY pid""",
        ([f"{name}%" for name in _SERVICES],),
    ).fetchall()
    if rows:
        raise SchemaError(
            f"migration {breaking[0].title} does not go together with programs of the release before, and some are at "
            f"work: {', '.join(row[0] for row in rows)}. End them, then run `vop migrate` again; what devices send "
            "meanwhile waits in the broker. Nothing was changed."
        )


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
    """Raise `SchemaError` unless this program can work with the database's schema. Called when a service starts.

    That is its own schema, or a newer one whose every further migration says that this program may go on.
    """
    expected = {m.version for m in files()}
    ours = max(expected, default=0)
    with translated():
        exists = conn.execute("SELECT to_regclass('schema_migrations')").fetchone()
        if exists == (None,):
            raise SchemaError("the database has no schema yet; run `vop migrate`")
        # As JSON: the first release's table has no such column.
        found: dict[int, int | None] = dict(
            conn.execute("SELECT version, (to_jsonb(m) ->> 'works_with')::int FROM schema_migrations m").fetchall()
        )
    if not expected <= set(found):
        raise SchemaError(
            f"the database is at migration {max(found, default=0):04d}, this program needs {ours:04d}; "
            "run `vop migrate`"
        )
    for version in sorted(set(found) - expected):
        oldest = found[version]
        if oldest is None or oldest > ours:
            raise SchemaError(
                f"the database is at migration {max(found):04d}, this program needs {ours:04d} and does not go "
                f"together with {version:04d}; upgrade the program"
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
