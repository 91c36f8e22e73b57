"""Bytes a point of the simulated fleet: as written, in the columnstore, and the least they could be.

A point is a value that is not null. Its bytes are its share of everything a row takes: time, identity, lag, indexes,
TOAST, free space in pages. The fleet's history comes in through the intake with every disturbance, each signal at its
declared resolution.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

import psycopg

import catalog
from bench import entropy, fleet, place
from catalog.model import Product
from device_sim.fleet import fleet as drawn
from store.database import connect
from store.product_tables import COLUMN_TYPES

TARGET_BYTES = 3.5
"""A point in the columnstore, over the whole fleet."""
EPOCH = date(2026, 8, 24)
"""A fixed one: the same fleet at every run."""
PEER_DAYS = 7
PEER = "bench_peer"


@dataclass(frozen=True)
class Size:
    """Bytes of one product's rows, kept one way."""

    heap: int
    index: int
    toast: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.heap + self.index + self.toast


@dataclass(frozen=True)
class Kept:
    """One product: sizes in bytes, ratios in bytes a point and a row. What only TimescaleDB has is None elsewhere.

    A product without rows, as in a small fleet, has no ratios: its empty tables and indexes are nobody's bytes.
    """

    rows: int
    points: int
    plain: Size
    plain_bytes_per_row: float | None
    plain_bytes_per_point: float | None
    columnstore: Size | None
    columnstore_bytes_per_row: float | None
    columnstore_bytes_per_point: float | None
    peer_bytes_per_point: float | None
    """TimescaleDB's columnstore with its own types and batches, and chunks of a week."""
    entropy_bytes_per_point: float | None
    entropy_bytes_per_row_of_time_and_identity: float | None


@dataclass(frozen=True)
class Figures:
    """The fleet. Bytes a point weigh every product by its points."""

    engine: str
    devices: int
    days: int
    sent: int
    rows: int
    points: int
    plain_bytes_per_point: float
    columnstore_bytes_per_point: float | None
    peer_bytes_per_point: float | None
    entropy_bytes_per_point: float
    target_bytes_per_point: float = TARGET_BYTES
    products: dict[str, Kept] = field(default_factory=dict)

    @property
    def within(self) -> bool:
        """Whether the target is met; without a columnstore there is nothing to meet it."""
        return self.columnstore_bytes_per_point is None or self.columnstore_bytes_per_point <= TARGET_BYTES


def run(devices: int, days: int, progress: Callable[[str, float], None] = lambda _step, _share: None) -> Figures:
    """Load and measure; `progress` is told the step and the share of it that is done.

    Raises `bench.place.NotEmpty`.
    """
    products = dict(catalog.load())
    simulated = drawn(products, devices, days, 1, epoch=EPOCH)
    with place.database() as url:
        # Roughly: a device sends 150 elements a day.
        expected = devices * days * 150
        with connect(url, application="vop bench") as conn:
            taken = fleet.fill(
                conn, simulated, products, lambda n: progress("fleet into the database", min(n / expected, 1.0))
            )
        kept = {}
        with psycopg.connect(url, autocommit=True) as conn:
            for number, product in enumerate(products.values()):
                progress("measuring", number / len(products))
                kept[product.key] = _measured(conn, product)
        progress("measuring", 1.0)
        return _summary(place.engine(url), devices, days, taken.sent, kept)


def _summary(engine: str, devices: int, days: int, sent: int, kept: dict[str, Kept]) -> Figures:
    points = sum(k.points for k in kept.values())

    def weighed(value: Callable[[Kept], float | None]) -> float | None:
        found = [(value(k), k.points) for k in kept.values() if k.points]
        return round(sum(v * n for v, n in found if v is not None) / points, 3) if found[0][0] is not None else None

    return Figures(
        engine=engine,
        devices=devices,
        days=days,
        sent=sent,
        rows=sum(k.rows for k in kept.values()),
        points=points,
        plain_bytes_per_point=weighed(lambda k: k.plain_bytes_per_point) or 0.0,
        columnstore_bytes_per_point=weighed(lambda k: k.columnstore_bytes_per_point),
        peer_bytes_per_point=weighed(lambda k: k.peer_bytes_per_point),
        entropy_bytes_per_point=weighed(lambda k: k.entropy_bytes_per_point) or 0.0,
        products=kept,
    )


Conn = psycopg.Connection[tuple[object, ...]]


def _measured(conn: Conn, product: Product) -> Kept:
    conn.execute(f"VACUUM ANALYZE {product.table}".encode())
    counts = " + ".join(f"count({signal.key})" for signal in product.signal)
    rows, points = _two(conn, f"SELECT count(*), {counts} FROM {product.table}")
    least = entropy.bound(conn, product)
    plain = _plain(conn, product.table)
    packed = _packed(conn, product.table)
    peer = _peer(conn, product) if packed else None
    return Kept(
        rows=rows,
        points=points,
        plain=plain,
        plain_bytes_per_row=_each(plain.total, rows, 1),
        plain_bytes_per_point=_each(plain.total, points, 3),
        columnstore=packed,
        columnstore_bytes_per_row=_each(packed.total, rows, 1) if packed else None,
        columnstore_bytes_per_point=_each(packed.total, points, 3) if packed else None,
        peer_bytes_per_point=_each(peer.total, points, 3) if peer else None,
        entropy_bytes_per_point=_each(least.total, points, 3),
        entropy_bytes_per_row_of_time_and_identity=_each(least.rows, rows, 2),
    )


def _each(total: float, number: int, digits: int) -> float | None:
    return round(total / number, digits) if number else None


def _two(conn: Conn, query: str) -> tuple[int, int]:
    row = conn.execute(query.encode()).fetchone()
    assert row is not None
    first, second = row
    return int(str(first)), int(str(second))


def _plain(conn: Conn, table: str) -> Size:
    """Of all chunks or partitions, before anything is packed."""
    row = conn.execute(
        """SELECT coalesce(sum(pg_table_size(c.oid) - toast.bytes), 0)::bigint,
                  coalesce(sum(pg_indexes_size(c.oid)), 0)::bigint, coalesce(sum(toast.bytes), 0)::bigint
           FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
           CROSS JOIN LATERAL (SELECT CASE WHEN c.reltoastrelid = 0 THEN 0
                                           ELSE pg_total_relation_size(c.reltoastrelid) END AS bytes) toast
           WHERE i.inhparent = %s::regclass""",
        (table,),
    ).fetchone()
    return _size(row)


def _packed(conn: Conn, table: str) -> Size | None:
    """All chunks packed now; None without TimescaleDB."""
    if conn.execute("SELECT 1 FROM pg_extension WHERE extname = 'timescaledb'").fetchone() is None:
        return None
    conn.execute("SELECT compress_chunk(c, if_not_compressed => true) FROM show_chunks(%s) c", (table,))
    row = conn.execute(
        """SELECT sum(after_compression_table_bytes)::bigint, sum(after_compression_index_bytes)::bigint,
                  sum(after_compression_toast_bytes)::bigint FROM chunk_compression_stats(%s)""",
        (table,),
    ).fetchone()
    return _size(row)


def _size(row: tuple[object, ...] | None) -> Size:
    return Size(*(int(str(value or 0)) for value in row or (0, 0, 0)))


def _peer(conn: Conn, product: Product) -> Size:
    """The same rows as TimescaleDB packs them when nobody tells it how."""
    columns = ", ".join(f"{s.key} {COLUMN_TYPES[s.type]}" for s in product.signal)
    keys = ", ".join(("device_id", "ts", "boot", "seq", "lag_ms", "quality", *(s.key for s in product.signal), "extra"))
    for statement in (
        f"DROP TABLE IF EXISTS {PEER}",
        f"CREATE TABLE {PEER} (ts timestamptz NOT NULL, seq bigint NOT NULL, lag_ms bigint NOT NULL, "
        f"device_id int NOT NULL, boot int NOT NULL, quality smallint NOT NULL, extra jsonb, {columns})",
        f"SELECT create_hypertable('{PEER}', by_range('ts', interval '{PEER_DAYS} days'), "
        "create_default_indexes => false)",
        f"ALTER TABLE {PEER} SET (timescaledb.enable_columnstore, timescaledb.segmentby = 'device_id', "
        "timescaledb.orderby = 'ts, boot, seq')",
        f"INSERT INTO {PEER} ({keys}) SELECT {keys} FROM {product.table}",
    ):
        conn.execute(statement.encode())
    conn.execute("SET timescaledb.compression_batch_size_limit = 1000")
    size = _packed(conn, PEER)
    conn.execute("RESET timescaledb.compression_batch_size_limit")
    conn.execute(f"DROP TABLE {PEER}".encode())
    assert size is not None
    return size
