"""One wide, typed table a product, made and widened from the catalogue.

Columns are only ever added. A signal whose type or unit changes must take a new key, for the stored values would
change their meaning; `apply` refuses it. Where TimescaleDB is installed the table is a hypertable, else it is
partitioned by month: this is the one place that asks (`_create`). Its options, and why: docs/decisions/0010.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, LiteralString, Self

from psycopg import sql
from psycopg.types.json import Jsonb

from catalog.model import Product
from settings import read, setting
from store import partitions
from store.database import Connection
from store.errors import SchemaError

COLUMN_TYPES: Final = {
    "float32": "real",
    "float64": "double precision",
    "int64": "bigint",
    "bool": "boolean",
    "enum": "text",
    "text": "text",
}

DOMAINS: Final = {"float32": "sample_real", "float64": "sample_double"}
"""On a hypertable, what `real` and `double precision` are called. TimescaleDB packs a column by the name of its type:
plain floats by XOR, which hardly shrinks decimals, and a domain over them by a dictionary of the values met."""

PACKED_ROWS: Final = 5_000
"""Rows of one device packed together in the columnstore, at most; TimescaleDB's own limit is 1,000."""

# Eight-byte columns first: no padding between them.
_BASE = """ts timestamptz NOT NULL, seq bigint NOT NULL, lag_ms bigint NOT NULL, device_id int NOT NULL,
           boot int NOT NULL, quality smallint NOT NULL, extra jsonb, PRIMARY KEY (device_id, ts, boot, seq)"""


@dataclass(frozen=True, slots=True)
class TableOptions:
    """How telemetry is kept; what `vop migrate` may be told."""

    raw_days: int = setting(
        "VOP_RETENTION_RAW_DAYS",
        400,
        unit="days",
        within=(1, 36_500),
        about="how long raw telemetry is kept: plain PostgreSQL gets its partitions so far back",
    )
    chunk_days: int = setting(
        "VOP_CHUNK_DAYS",
        30,
        unit="days",
        within=(1, 366),
        about="TimescaleDB: what a chunk of telemetry spans; a change concerns the chunks to come",
    )
    columnstore_after_days: int = setting(
        "VOP_COLUMNSTORE_AFTER_DAYS",
        14,
        unit="days",
        within=(0, 36_500),
        about="TimescaleDB: age at which a chunk is packed, when its table is made; 0: never",
    )

    @classmethod
    def from_environment(cls, env: Mapping[str, str]) -> Self:
        """Options from `env`. Raises `settings.BadSetting`."""
        return read(cls, env)


def apply(conn: Connection, product: Product, options: TableOptions) -> None:
    """Create or widen the product's table and remember what its columns mean."""
    _refuse_changed_meaning(conn, product)
    conn.execute(
        """INSERT INTO products (product, version, definition) VALUES (%s, %s, %s)
           ON CONFLICT (product) DO UPDATE SET version = EXCLUDED.version, definition = EXCLUDED.definition,
               applied_at = now()
           WHERE (products.version, products.definition) IS DISTINCT FROM (EXCLUDED.version, EXCLUDED.definition)""",
        (product.key, product.version, Jsonb(product.model_dump(mode="json"))),
    )
    if conn.execute("SELECT to_regclass(%s)", (product.table,)).fetchone() == (None,):
        _create(conn, product, options)
    _widen(conn, product)
    if is_hypertable(conn, product.table):
        _pack_more_rows(conn)
        _span_chunks(conn, product.table, options.chunk_days)
    else:
        now = datetime.now(UTC)
        partitions.ensure(conn, product.table, now - timedelta(days=options.raw_days), now + partitions.AHEAD)


def _refuse_changed_meaning(conn: Connection, product: Product) -> None:
    known = {
        key: (kind, unit)
        for key, kind, unit in conn.execute(
            "SELECT key, type, unit FROM product_signals WHERE product = %s", (product.key,)
        )
    }
    for signal in product.signal:
        before = known.get(signal.key)
        if before and before != (signal.type, signal.unit):
            raise SchemaError(
                f"product {product.key}: signal {signal.key} was {before[0]} in {before[1]!r} and is now "
                f"{signal.type} in {signal.unit!r}; stored values would change their meaning. "
                "Give the new signal a new key."
            )


def _create(conn: Connection, product: Product, options: TableOptions) -> None:
    table = sql.Identifier(product.table)
    if not _timescaledb(conn):
        conn.execute(sql.SQL("CREATE TABLE {} ({}) PARTITION BY RANGE (ts)").format(table, sql.SQL(_BASE)))
        return
    conn.execute(sql.SQL("CREATE TABLE {} ({})").format(table, sql.SQL(_BASE)))
    conn.execute(
        """SELECT create_hypertable(%s::regclass, by_range('ts', make_interval(days => %s)),
                                    create_default_indexes => false)""",
        (product.table, options.chunk_days),
    )
    licence = conn.execute("SELECT current_setting('timescaledb.license', true)").fetchone()
    if options.columnstore_after_days and licence == ("timescale",):
        conn.execute(
            sql.SQL(
                "ALTER TABLE {} SET (timescaledb.enable_columnstore, timescaledb.segmentby = 'device_id', "
                "timescaledb.orderby = 'ts, boot, seq')"
            ).format(table)
        )
        conn.execute(
            "CALL add_columnstore_policy(%s::regclass, after => make_interval(days => %s), if_not_exists => true)",
            (product.table, options.columnstore_after_days),
        )


def _pack_more_rows(conn: Connection) -> None:
    """Raise the columnstore's batch size for this role in this database, as whom the policy's job runs."""
    chosen = conn.execute(
        """SELECT 1 FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase
           JOIN pg_roles r ON r.oid = s.setrole
           WHERE d.datname = current_database() AND r.rolname = current_user
             AND array_to_string(s.setconfig, ' ') LIKE '%timescaledb.compression_batch_size_limit=%'"""
    ).fetchone()
    if chosen:
        return
    database = conn.execute("SELECT current_database()").fetchone() or ("",)
    conn.execute(
        sql.SQL("ALTER ROLE CURRENT_USER IN DATABASE {} SET timescaledb.compression_batch_size_limit = {}").format(
            sql.Identifier(database[0]), sql.Literal(PACKED_ROWS)
        )
    )


def _span_chunks(conn: Connection, table: str, days: int) -> None:
    """Have the coming chunks span so many days; those there stay as they are."""
    conn.execute(
        """SELECT set_chunk_time_interval(%(table)s::regclass, make_interval(days => %(days)s))
           FROM timescaledb_information.dimensions
           WHERE format('%%I.%%I', hypertable_schema, hypertable_name)::regclass = %(table)s::regclass
             AND time_interval <> make_interval(days => %(days)s)""",
        {"table": table, "days": days},
    )


def _widen(conn: Connection, product: Product) -> None:
    present = {
        row[0]
        for row in conn.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped",
            (product.table,),
        )
    }
    added = [signal for signal in product.signal if signal.key not in present]
    if added:
        types = COLUMN_TYPES | _domains(conn) if is_hypertable(conn, product.table) else COLUMN_TYPES
        columns = sql.SQL(", ").join(
            sql.SQL("ADD COLUMN {} {}").format(sql.Identifier(signal.key), sql.SQL(types[signal.type]))
            for signal in added
        )
        conn.execute(sql.SQL("ALTER TABLE {} {}").format(sql.Identifier(product.table), columns))
    for signal in product.signal:
        conn.execute(
            "INSERT INTO product_signals (product, key, type, unit) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING",
            (product.key, signal.key, signal.type, signal.unit),
        )


def _domains(conn: Connection) -> dict[str, LiteralString]:
    """`DOMAINS`, made if they are not there."""
    for kind, domain in DOMAINS.items():
        if conn.execute("SELECT to_regtype(%s)", (domain,)).fetchone() == (None,):
            conn.execute(sql.SQL("CREATE DOMAIN {} AS {}").format(sql.Identifier(domain), sql.SQL(COLUMN_TYPES[kind])))
    return dict(DOMAINS)


def _timescaledb(conn: Connection) -> bool:
    return conn.execute("SELECT 1 FROM pg_extension WHERE extname = 'timescaledb'").fetchone() is not None


def is_hypertable(conn: Connection, table: str) -> bool:
    """Whether TimescaleDB keeps this table: asked of the table itself, for the extension may have come later."""
    row = conn.execute("SELECT relkind FROM pg_class WHERE oid = %s::regclass", (table,)).fetchone()
    return row != ("p",)
