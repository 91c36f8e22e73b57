"""A product with a signal of every type, devices that report it, and what their raw rows say by definition."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from catalog.elements import Quality, Reading
from catalog.model import Product
from store import product_tables, rollups
from store.database import Connection
from store.intake import Arrival, Intake, Outcome
from store.product_tables import TableOptions
from store.rollups import Rolled, read

LABEL = {"en": "x", "fa": "x"}
KINDS: dict[str, dict[str, Any]] = {
    "level": {"type": "float32"},
    "mass": {"type": "float64"},
    "odometer": {"type": "float64", "kind": "counter"},
    "total": {"type": "int64", "kind": "counter"},
    "count": {"type": "int64"},
    "door": {"type": "bool"},
    "mode": {"type": "enum", "values": ["low", "high"]},
    "note": {"type": "text"},
}
PROBE = Product.model_validate(
    {
        "key": "probe",
        "version": 1,
        "label": LABEL,
        "heartbeat_s": 60,
        "signal": [{"key": key, "label": LABEL, **more} for key, more in KINDS.items()],
    }
)
CATALOG = {PROBE.key: PROBE}
HOUR_MS, DAY_MS = 3_600_000, 86_400_000
T0 = 1_790_035_200_000
"""Milliseconds since the epoch: midnight UTC of a day in September 2026."""
NOW = datetime.fromtimestamp(T0 / 1000, UTC) + timedelta(days=3)


def at(ms: float) -> datetime:
    """`ms` after T0."""
    return datetime.fromtimestamp(T0 / 1000, UTC) + timedelta(milliseconds=ms)


def reading(seq: int, ms: int, *, boot: int = 1, **values: Any) -> Reading:
    """A reading `ms` after T0."""
    return Reading(0, T0 + ms, boot, seq, Quality.OK, values, None, None)


@dataclass
class World:
    """One connection, one intake, and the raw rows stored through it."""

    conn: Connection
    intake: Intake = field(default_factory=lambda: Intake(CATALOG))

    def __post_init__(self) -> None:
        with self.conn.transaction():
            product_tables.apply(self.conn, PROBE, TableOptions())

    def device(self, name: str = "p-1") -> int:
        row = self.conn.execute(
            "INSERT INTO devices (device, product) VALUES (%s, 'probe') RETURNING device_id", [name]
        ).fetchone()
        assert row
        return int(row[0])

    def say(self, device_id: int, *elements: Reading) -> Outcome:
        numbered = [e._replace(index=index) for index, e in enumerate(elements)]
        topic = f"vop/v1/{device_id}/up/telemetry"
        outcome = self.intake.write(self.conn, [Arrival(topic, b"", T0, device_id, "probe", numbered, ())])
        assert not outcome.rejects
        return outcome

    def roll(self, now: datetime = NOW, **more: Any) -> Rolled:
        return rollups.roll(self.conn, CATALOG, now, **more)

    def pack(self) -> None:
        """Do now what TimescaleDB's policy does after two weeks; nothing elsewhere."""
        if product_tables.is_hypertable(self.conn, PROBE.table):
            self.conn.execute("SELECT compress_chunk(c, true) FROM show_chunks('telemetry_probe') c")

    def one(self, query: str, *parameters: object) -> Any:
        row = self.conn.execute(query.encode(), parameters).fetchone()
        assert row is not None
        return row[0]

    def marks(self, device_id: int) -> str:
        return str(self.one("SELECT (dirty + rolling)::text FROM latest WHERE device_id = %s", device_id))

    def rollups(self) -> list[tuple[Any, ...]]:
        return self.conn.execute("SELECT * FROM rollups ORDER BY device_id, signal, day").fetchall()

    def charts(self, device_id: int, start: datetime, end: datetime, width_s: int) -> dict[str, list[Any]]:
        """Buckets of every signal, without means, and the means: from rollups."""
        found = read.buckets(self.conn, PROBE, device_id, PROBE.signal, start, end, width_s)
        return {k: [tuple(row) for row in rows] for k, rows in found.items()}

    def raw_rows(self, device_id: int) -> list[dict[str, Any]]:
        names = ["ts", "boot", "seq", *KINDS]
        rows = self.conn.execute(
            f"SELECT {', '.join(names)} FROM telemetry_probe WHERE device_id = %s ORDER BY ts, boot, seq".encode(),
            [device_id],
        )
        return [dict(zip(names, row, strict=True)) for row in rows]


def folded(rows: Sequence[dict[str, Any]], start: datetime, end: datetime, width_s: int) -> dict[str, list[Any]]:
    """Buckets of every signal by definition: (at, n, lo, hi, mean, None, last, mode)."""
    epoch, width = datetime(1970, 1, 1, tzinfo=UTC), timedelta(seconds=width_s)
    found: dict[str, list[Any]] = {}
    for key, kind in KINDS.items():
        values: dict[datetime, list[Any]] = {}
        for row in rows:
            if start <= row["ts"] < end and row[key] is not None:
                values.setdefault(epoch + (row["ts"] - epoch) // width * width, []).append(row[key])
        found[key] = [(t, *_measured(kind, v)) for t, v in sorted(values.items())]
    return found


def _measured(kind: dict[str, Any], values: list[Any]) -> tuple[Any, ...]:
    n, last = len(values), values[-1]
    if kind["type"] == "text":
        return (n, None, None, None, None, last, None)
    if kind["type"] == "enum":
        times = Counter(values)
        mode = min(times, key=lambda v: (-times[v], v))
        return (n, None, None, None, None, last, mode)
    numbers = [max(min(float(v), 1e140), -1e140) for v in values]
    has_last = kind.get("kind") == "counter" or kind["type"] == "bool"
    low, high = min(values), max(values)
    if kind["type"] == "bool":
        low, high = int(low), int(high)
    return (n, low, high, sum(numbers) / n, None, last if has_last else None, None)


def differences(found: dict[str, list[Any]], wanted: dict[str, list[Any]]) -> list[tuple[Any, ...]]:
    """Where the two differ; means are compared to a float's tolerance (of a float32: to its digits)."""
    different: list[tuple[Any, ...]] = []
    for key, kind in KINDS.items():
        tolerance = 2e-7 if kind["type"] == "float32" else 1e-12
        if len(found[key]) != len(wanted[key]):
            different.append((key, len(found[key]), len(wanted[key])))
        for mine, theirs in zip(found[key], wanted[key], strict=False):
            exact = mine[:4] + mine[5:] == theirs[:4] + theirs[5:]
            close = mine[4] == theirs[4]
            if mine[4] is not None and theirs[4] is not None:
                close = abs(mine[4] - theirs[4]) <= tolerance * max(abs(theirs[2]), abs(theirs[3]))
            if not (exact and close):
                different.append((key, mine, theirs))
    return different
