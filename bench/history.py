"""How long a chart and a fleet's latest values take with a year of data present.

Loads a device-year of 1-minute readings (and neighbours whose rows lie between its rows, as in a
live fleet), `latest` of 10,000 devices, and prints medians in milliseconds as JSON, each beside its
peer: fetching the same raw rows and folding them in Python.

    VOP_DATABASE_URL=postgresql://... python -m bench.history [--days 365] [--devices 10]

It needs an empty database where it may create tables, and leaves them there.
"""

from __future__ import annotations

import math
import os
import statistics
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import click
import orjson

import catalog
from catalog.model import Product
from store import partitions, product_tables, readings
from store.database import Connection, connect
from store.migrate import migrate

FLEET = 10_000
REPEATS = 15
SIGNALS = ("battery_pct", "brush_current_a")


def _load(conn: Connection, product: Product, days: int, devices: int, end: datetime) -> None:
    """Rows of all devices minute by minute, the order in which a live fleet's would arrive."""
    start = end - timedelta(days=days)
    if not product_tables.is_hypertable(conn, product.table):
        partitions.ensure(conn, product.table, start, end)
    columns = ", ".join(("device_id", "ts", "boot", "seq", "lag_ms", "quality", *SIGNALS))
    with (
        conn.cursor() as cursor,
        cursor.copy(f"COPY {product.table} ({columns}) FROM STDIN".encode()) as copy,
    ):
        for minute in range(days * 1440):
            ts = (start + timedelta(minutes=minute)).isoformat()
            charge = 55 + 45 * math.cos(minute / 97)
            lines = [
                f"{d}\t{ts}\t1\t{minute}\t120\t0\t{charge:.1f}\t{1.5 + (minute * d % 97) / 100:.2f}\n"
                for d in range(1, devices + 1)
            ]
            copy.write("".join(lines))
    conn.execute(
        """INSERT INTO devices (device, product)
           SELECT 'bench-' || n, %s FROM generate_series(1, %s) n""",
        (product.key, FLEET),
    )
    sample = {s.key: [1_764_000_000_123, 12, 3_456, 81.5] for s in product.signal}
    conn.execute(
        """INSERT INTO latest (device_id, signals, ts, updated_at)
           SELECT device_id, %s::json, now(), now() FROM devices""",
        (orjson.dumps(sample).decode(),),
    )
    conn.commit()
    conn.autocommit = True
    conn.execute(f"VACUUM ANALYZE {product.table}".encode())
    conn.execute("VACUUM ANALYZE latest")


def _median_ms(work: Callable[[], object]) -> float:
    times = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return round(statistics.median(times) * 1000, 1)


def _folded(conn: Connection, product: Product, start: datetime, end: datetime) -> int:
    """The peer: every raw row to the client, buckets made there."""
    width = timedelta(seconds=readings.bucket_width_s(start, end, readings.MAX_POINTS))
    buckets: dict[int, list[float]] = defaultdict(list)
    rows = conn.execute(
        f"SELECT ts, {SIGNALS[0]} FROM {product.table} "
        "WHERE device_id = 1 AND ts >= %s AND ts < %s ORDER BY ts".encode(),
        (start, end),
    )
    for ts, value in rows:
        buckets[(ts - start) // width].append(value)
    return len([(min(b), sum(b) / len(b), max(b), len(b)) for b in buckets.values()])


@click.command()
@click.option("--days", default=365, show_default=True)
@click.option("--devices", default=10, show_default=True, help="Devices with a year of rows.")
def main(days: int, devices: int) -> None:
    """Load, measure, print."""
    url = os.environ["VOP_DATABASE_URL"]
    products = catalog.load()
    product = products["robot_vacuum"]
    migrate(url, products)
    end = datetime.now(UTC).replace(second=0, microsecond=0)
    with connect(url, application="vop bench") as conn:
        began = time.perf_counter()
        _load(conn, product, days, devices, end)
        figures: dict[str, object] = {
            "rows": days * 1440 * devices,
            "load_s": round(time.perf_counter() - began, 1),
        }
        month = end - timedelta(days=30)

        def chart(signals: tuple[str, ...], points: int, since: datetime = month) -> float:
            return _median_ms(lambda: readings.history(conn, product, 1, signals, since, end, points))

        figures["history_30d_1000_points_ms"] = chart(SIGNALS[:1], 1_000)
        figures["history_30d_5000_points_ms"] = chart(SIGNALS[:1], 5_000)
        figures["history_30d_1000_points_2_signals_ms"] = chart(SIGNALS, 1_000)
        figures["history_365d_1000_points_ms"] = chart(SIGNALS[:1], 1_000, end - timedelta(days=days))
        figures["peer_raw_fetch_30d_ms"] = _median_ms(lambda: _folded(conn, product, month, end))
        ids = [row[0] for row in conn.execute("SELECT device_id FROM devices LIMIT %s", (FLEET,))]
        figures["latest_10000_ms"] = _median_ms(lambda: readings.latest(conn, ids))
        figures["latest_10000_one_signal_read_ms"] = _median_ms(
            lambda: [found.value(SIGNALS[0]) for found in readings.latest(conn, ids).values()]
        )
        figures["latest_signals_a_device"] = len(product.signal)
    click.echo(orjson.dumps(figures, option=orjson.OPT_INDENT_2).decode())


if __name__ == "__main__":
    main()
