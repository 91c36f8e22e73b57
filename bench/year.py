"""A year of one-minute readings of some devices, and a fleet around them, straight into the tables.

Rows go in as they would have come, minute by minute and all devices mixed, by binary COPY whose bytes are made with
NumPy. Every device is silent for two hours a day, so that continuity, heard time and coverage have something to say.
What readers and the roller need beside the rows (runs, heard spans, events, latest values, marks) is written as the
intake would have.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import orjson
import psycopg

from bench.limits import COPY_HEADER, COPY_TRAILER, PG_EPOCH_MS
from catalog.model import Product
from store import partitions, product_tables, rollups
from store.database import Connection, connect

FLEET = 10_000
"""Devices with latest values; few of them have rows."""
DAYS = 365
DAY_MIN = 1440
SILENT_MIN = 120
HEARD_TAIL_MIN = 45
"""Three heartbeats of a vacuum: heard so long after the last element before a silence."""
ROWS_A_DEVICE = DAYS * (DAY_MIN - SILENT_MIN)
SIGNALS = (
    "battery_pct", "battery_temperature_cel", "brush_current_a", "brush_speed_rpm", "wheel_current_a",
    "fan_speed_rpm", "suction_pa", "lidar_missing_pct",
)  # fmt: skip
_FIELDS = (
    ("device_id", "i4"), ("ts", "i8"), ("boot", "i4"), ("seq", "i8"), ("lag_ms", "i8"), ("quality", "i2"),
    *((signal, "f4") for signal in SIGNALS),
)  # fmt: skip
Progress = Callable[[str, float], None]
"""Told the step, and the share of it that is done."""


@dataclass(frozen=True)
class Year:
    """What is loaded. Times are whole hours, UTC."""

    product: Product
    start: datetime
    end: datetime
    with_rows: tuple[int, ...]
    """device_ids."""
    fleet: tuple[int, ...]

    @property
    def rows(self) -> int:
        """Of telemetry."""
        return len(self.with_rows) * ROWS_A_DEVICE


def register(conn: Connection, product: Product) -> Year:
    """The fleet, owned by one customer and with latest values, without a row yet."""
    end = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    start = end - timedelta(days=DAYS)
    conn.execute(
        "INSERT INTO devices (device, product) SELECT 'year-' || n, %s FROM generate_series(1, %s) n",
        (product.key, FLEET),
    )
    conn.execute("INSERT INTO customers (customer, name, zone) VALUES ('year', 'Year', 'Europe/Berlin')")
    conn.execute(
        """INSERT INTO ownerships (device_id, customer_id, zone, during)
           SELECT device_id, customer_id, 'Europe/Berlin', tstzrange(%s, NULL) FROM devices, customers
           WHERE customer = 'year' AND starts_with(device, 'year-')""",
        (start,),
    )
    ids = [r[0] for r in conn.execute("SELECT device_id FROM devices WHERE starts_with(device, 'year-') ORDER BY 1")]
    newest = {s.key: [int(end.timestamp() * 1000), 1, 525_599, 81.5] for s in product.signal}
    conn.execute(
        "INSERT INTO latest (device_id, signals, ts, updated_at) SELECT unnest(%s::int[]), %s::json, %s, %s",
        (ids, orjson.dumps(newest).decode(), end, end),
    )
    if not product_tables.is_hypertable(conn, product.table):
        partitions.ensure(conn, product.table, start, end)
    conn.commit()
    return Year(product, start, end, (), tuple(ids))


def grow(url: str, year: Year, rows: int, progress: Progress) -> Year:
    """Give so many devices their year that there are about `rows` in all; pack, roll up and analyse them."""
    wanted = max(len(year.with_rows), 1, round(rows / ROWS_A_DEVICE))
    new = year.fleet[len(year.with_rows) : wanted]
    grown = Year(year.product, year.start, year.end, year.fleet[:wanted], year.fleet)
    with connect(url, application="vop bench") as conn:
        if new:
            _copy(conn, year, new, progress)
            _around(conn, year, new)
            conn.commit()
        _pack(conn, year)
    roll(url, grown, progress)
    with psycopg.connect(url, autocommit=True) as plain:
        for n, table in enumerate((year.product.table, "rollups", "latest", "events", "heard", "runs")):
            progress("vacuum", n / 6)
            plain.execute(f"VACUUM ANALYZE {table}".encode())
    return grown


def _copy(conn: Connection, year: Year, devices: Sequence[int], progress: Progress) -> None:
    columns = ", ".join(name for name, _ in _FIELDS)
    statement = f"COPY {year.product.table} ({columns}) FROM STDIN (FORMAT BINARY)".encode()
    for day in range(DAYS):
        with conn.cursor().copy(statement) as copy:
            copy.write(COPY_HEADER)
            copy.write(day_of_rows(year.start, devices, day))
            copy.write(COPY_TRAILER)
        conn.commit()
        progress("rows into the database", (day + 1) / DAYS)


def day_of_rows(start: datetime, devices: Sequence[int], day: int) -> bytes:
    """A day's rows of all devices as PostgreSQL's binary COPY has them, minute by minute."""
    minute = np.repeat(np.arange(day * DAY_MIN, (day + 1) * DAY_MIN), len(devices))
    device = np.tile(np.array(devices), DAY_MIN)
    heard = (minute - _silent_from(device)) % DAY_MIN >= SILENT_MIN
    minute, device = minute[heard], device[heard]
    random = np.random.default_rng(day)
    layout: list[tuple[str, str]] = [("columns", ">i2")]
    for name, kind in _FIELDS:
        layout += [(f"{name}_bytes", ">i4"), (name, f">{kind}")]
    rows = np.zeros(len(minute), dtype=np.dtype(layout))
    rows["columns"] = len(_FIELDS)
    for name, kind in _FIELDS:
        rows[f"{name}_bytes"] = np.dtype(kind).itemsize
    rows["device_id"], rows["boot"], rows["seq"] = device, 1, minute
    since_2000_us = (int(start.timestamp() * 1000) - PG_EPOCH_MS) * 1000
    rows["ts"] = since_2000_us + minute * 60_000_000 + random.integers(0, 1_000, len(minute)) * 1_000
    rows["lag_ms"] = random.integers(80, 1_500, len(minute))
    for place, signal in enumerate(SIGNALS):
        wave = np.sin(minute / (97 + 31 * place) + device)
        # On a grid of 0.5, as a resolution makes it.
        rows[signal] = np.rint(2 * (50 + 40 * wave + random.normal(0, 1, len(minute)))) / 2
    return rows.tobytes()


def _silent_from(device: np.ndarray) -> np.ndarray:
    """Minute of the day at which a device's silence begins; never over midnight."""
    return device * 37 % (DAY_MIN - SILENT_MIN)


def _around(conn: Connection, year: Year, devices: Sequence[int]) -> None:
    """What the intake would have written beside the rows, and events of one run a day."""
    given = {
        "ids": list(devices), "start": year.start, "days": DAYS, "day": DAY_MIN, "silent": SILENT_MIN,
        "span": DAY_MIN - SILENT_MIN, "tail": HEARD_TAIL_MIN,
    }  # fmt: skip
    # Pieces between silences: from the end of one to the beginning of the next, first and last cut by the year.
    pieces = """pieces AS (
        SELECT d, greatest((k - 1) * %(day)s::int + d * 37 %% %(span)s::int + %(silent)s::int, 0) AS f,
               least(k * %(day)s::int + d * 37 %% %(span)s::int, %(days)s::int * %(day)s::int) - 1 AS l
        FROM unnest(%(ids)s::int[]) d CROSS JOIN generate_series(0, %(days)s::int) k)"""
    for statement in (
        f"""WITH {pieces} INSERT INTO runs (device_id, boot, first_seq, last_seq, first_ts, last_ts)
            SELECT d, 1, f, l, %(start)s + f * interval '1 min', %(start)s + l * interval '1 min'
            FROM pieces WHERE f <= l""",
        f"""WITH {pieces} INSERT INTO heard (device_id, since, until)
            SELECT d, %(start)s + f * interval '1 min', %(start)s + (l + %(tail)s::int) * interval '1 min'
            FROM pieces WHERE f <= l""",
        """INSERT INTO boots (device_id, boot, first_ts, last_ts)
           SELECT d, 1, %(start)s, %(start)s + %(days)s::int * interval '1 day' FROM unnest(%(ids)s::int[]) d""",
        """INSERT INTO events (device_id, ts, boot, seq, lag_ms, quality, kind, attrs)
           SELECT d, %(start)s + k * interval '1 day' + (d %% 600 + e.after) * interval '1 min',
                  1, 1000000 + 10 * k + e.after, 200, 0, e.kind, e.attrs
           FROM unnest(%(ids)s::int[]) d CROSS JOIN generate_series(0, %(days)s::int - 1) k
           CROSS JOIN (VALUES (0, 'clean_started', '{"mode": "standard", "trigger": "app"}'::jsonb),
                              (5, 'stuck', '{"cause": "cable"}'), (6, 'freed', '{}'),
                              (48, 'clean_finished', '{"duration_min": 48.0, "area_m2": 41.5, "completed": true}'),
                              (50, 'docked', '{}')) e(after, kind, attrs)""",
    ):
        conn.execute(statement.encode(), given)
    for device in devices:
        rollups.mark(conn, device, year.start, year.end)


def _pack(conn: Connection, year: Year) -> None:
    """On TimescaleDB, what its policy would have packed by now."""
    if product_tables.is_hypertable(conn, year.product.table):
        conn.execute(
            "SELECT compress_chunk(c) FROM show_chunks(%s, older_than => %s) c",
            (year.product.table, year.end - timedelta(days=product_tables.TableOptions().columnstore_after_days)),
        )
    conn.commit()


def roll(url: str, year: Year, progress: Progress) -> None:
    """Roll up until nothing is left but the hour that ends the year, as while it is still going on."""
    hours = max(1, len(year.with_rows) * DAYS * 24)
    done = 0
    with connect(url, application="vop bench", autocommit=True) as conn:
        while True:
            rolled = rollups.roll(conn, {year.product.key: year.product}, year.end, steps=5)
            done += rolled.hours
            progress("rolling up", min(done / hours, 1.0))
            if not rolled.more:
                return
